// Looks for new figures every two seconds while the page is seen, and changes the page only when they differ, so
// that nothing jumps under the reader's eyes.
"use strict";

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer || !answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [fresh, shown] = [page.querySelector("main"), document.querySelector("main")];
  if (fresh.innerHTML === shown.innerHTML) return;
  const place = shown.querySelector(".wide")?.scrollLeft ?? 0;
  shown.replaceChildren(...fresh.childNodes);
  shown.querySelector(".wide")?.scrollTo({ left: place });
}

setInterval(refresh, 2000);
