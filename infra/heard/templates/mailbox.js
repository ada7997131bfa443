// Looks for new mails every two seconds while the page is seen, and changes the list only when it differs,
// so that neither the mail being read nor the place in the list is lost.
"use strict";

const list = document.getElementById("list");

function localTimes(root) {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = at.toLocaleString();
  }
}

let seen = null;

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("list");
  if (seen === null) seen = fresh.innerHTML;
  if (fresh.innerHTML === seen) return;
  seen = fresh.innerHTML;
  document.title = page.title;
  const focused = document.activeElement?.closest("#list a")?.getAttribute("href");
  list.replaceChildren(...fresh.childNodes);
  localTimes(list);
  if (focused) list.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  // The start page explains itself until the first mail is there.
  const start = document.querySelector(".empty");
  const now = page.querySelector(".empty");
  if (start && now) start.replaceChildren(...now.childNodes);
}

localTimes(document);
refresh();
setInterval(refresh, 2000);
