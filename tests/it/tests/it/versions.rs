//! `heard config push`, `list` and `rollback` on a running stack.

use serde_json::{Value, json};
use support::world::{DANA_ALONE, World};

use crate::command_line::{Done, file, heard_at, sorted};

async fn config(world: &World, arguments: &[&str]) -> Done {
    heard_at(&world.stack.url(), &[&["config"], arguments].concat()).await
}

async fn list(world: &World) -> Vec<Value> {
    let done = config(world, &["list", "--json"]).await;
    assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
    serde_json::from_str(&done.out).unwrap()
}

/// The versions of all pushes, oldest first, and the places of those in force.
async fn numbers(world: &World) -> (Vec<u64>, Vec<usize>) {
    let list = list(world).await;
    let numbers = list.iter().map(|push| push["version"].as_u64().unwrap()).collect();
    let in_force = list.iter().enumerate().filter(|(_, push)| push["in_force"] == true);
    (numbers, in_force.map(|(place, _)| place).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_listed_and_gone_back_to() {
    let world = World::unconfigured().await;
    let nothing = config(&world, &["list"]).await;
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""), "{nothing:?}");
    assert!(nothing.err.contains("no configuration was pushed yet"));
    assert_eq!(list(&world).await, Vec::<Value>::new());

    let (_first_folder, first) = file(DANA_ALONE);
    let (_second_folder, second) = file(&DANA_ALONE.replace("dana", "lee"));
    let printed = |done: Done| {
        assert_eq!((done.code, done.err.as_str()), (0, ""), "{done:?}");
        done.out
    };
    assert_eq!(printed(config(&world, &["push", &first]).await), "version 1\n");
    assert_eq!(printed(config(&world, &["push", &second, "--json"]).await), "{\"version\":2}\n");
    assert_eq!(numbers(&world).await, (vec![1, 2], vec![1]));

    // Off a terminal nobody is asked.
    for refused in [&["rollback", "1"][..], &["push", &first]] {
        let done = config(&world, refused).await;
        assert_eq!((done.code, done.out.as_str()), (1, ""), "{done:?}");
        assert!(done.err.contains("--yes"), "{done:?}");
    }
    assert_eq!(printed(config(&world, &["rollback", "1", "--yes"]).await), "version 1\n");
    assert_eq!(numbers(&world).await, (vec![1, 2, 1], vec![2]));
    let again = config(&world, &["rollback", "1", "--json"]).await;
    assert_eq!((again.code, again.out.as_str()), (0, "{\"version\":1}\n"), "in force already: {again:?}");
    assert_eq!(printed(config(&world, &["push", &second, "--yes"]).await), "version 2\n");
    assert_eq!(numbers(&world).await, (vec![1, 2, 1, 2], vec![3]));

    let none = config(&world, &["rollback", "7", "--yes"]).await;
    assert_eq!((none.code, none.out.as_str()), (1, ""), "{none:?}");
    assert!(none.err.contains("there is no version 7"), "{none:?}");
    assert_eq!(config(&world, &["rollback", "one"]).await.code, 2);

    let pushes = list(&world).await;
    for push in &pushes {
        let keys = push.as_object().unwrap().keys().map(String::as_str).collect();
        let all = ["apply_to_open", "in_force", "pushed_at", "sha256", "size_bytes", "version"];
        assert_eq!(sorted(keys), all);
        let pushed_at: jiff::Timestamp = push["pushed_at"].as_str().unwrap().parse().unwrap();
        assert_eq!(pushed_at.as_nanosecond() % 1_000_000, 0, "{push}");
    }
    assert_eq!(pushes[0]["size_bytes"], json!(DANA_ALONE.len()));
    assert_eq!((&pushes[0]["sha256"], &pushes[1]["sha256"]), (&pushes[2]["sha256"], &pushes[3]["sha256"]));
    assert_ne!(pushes[0]["sha256"], pushes[1]["sha256"]);

    let text = printed(config(&world, &["list"]).await);
    let in_force: Vec<_> = text.lines().map(|line| line.ends_with("  in force")).collect();
    assert_eq!(in_force, [false, false, false, true], "{text}");
    world.stop().await;
}
