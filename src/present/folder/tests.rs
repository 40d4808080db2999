//! Folders that appear whole, and what killed runs leave of them.

use super::*;

const LATEST: &str = "latest";

fn create(above: &Path, name: &str) -> Result<Folder, PresentError> {
    Folder::create(above, Names { folder: name.to_owned(), latest: LATEST.to_owned() })
}

fn written(above: &Path, name: &str, text: &str) -> PathBuf {
    let folder = create(above, name).unwrap();
    folder.file("a/b.txt", |out| Ok(out.write_all(text.as_bytes())?)).unwrap();
    folder.file(MARK, |_| Ok(())).unwrap();
    folder.commit().unwrap()
}

fn names(above: &Path) -> Vec<String> {
    let names = fs::read_dir(above).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn appears_whole_and_replaces_what_was_there() {
    let outside = tempfile::tempdir().unwrap();
    let above = outside.path().join("reports");
    let place = written(&above, "2026-11-09", "one");
    assert_eq!(fs::read_to_string(place.join("a/b.txt")).unwrap(), "one");
    fs::write(place.join("stray"), "").unwrap();
    written(&above, "2026-11-09", "two");
    assert_eq!(fs::read_to_string(place.join("a/b.txt")).unwrap(), "two");
    assert!(!place.join("stray").exists());
    assert_eq!(names(&above), [LOCK, "2026-11-09", LATEST]);
}

#[test]
fn what_fails_leaves_what_was_there() {
    let outside = tempfile::tempdir().unwrap();
    let above = outside.path().join("reports");
    let place = written(&above, "2026-11-09", "one");
    let folder = create(&above, "2026-11-09").unwrap();
    folder.file("a/b.txt", |out| Ok(out.write_all(b"half")?)).unwrap();
    let failed = folder.file("c.txt", |_| Err(io::Error::other("the disk is full").into()));
    assert!(failed.unwrap_err().to_string().contains("2026-11-09/c.txt"));
    drop(folder);
    assert_eq!(fs::read_to_string(place.join("a/b.txt")).unwrap(), "one");
    assert_eq!(names(&above), [LOCK, "2026-11-09", LATEST]);
}

#[test]
fn what_no_run_has_made_is_not_replaced() {
    let outside = tempfile::tempdir().unwrap();
    let above = outside.path();
    fs::create_dir(above.join("2026-11-09")).unwrap();
    fs::write(above.join("2026-11-09/orders.csv"), "mine").unwrap();
    let error = create(above, "2026-11-09").unwrap_err();
    assert!(matches!(error, PresentError::OthersFolder { .. }), "{error}");
    assert_eq!(fs::read_to_string(above.join("2026-11-09/orders.csv")).unwrap(), "mine");
    fs::create_dir(above.join(LATEST)).unwrap();
    let error = create(above, "2026-11-16").unwrap_err();
    assert!(matches!(error, PresentError::OthersFolder { .. }), "{error}");
    assert_eq!(names(above), [LOCK, "2026-11-09", LATEST]);
}

#[test]
fn one_run_at_a_time() {
    let outside = tempfile::tempdir().unwrap();
    let first = create(outside.path(), "a").unwrap();
    let second = create(outside.path(), "a").unwrap_err();
    assert!(matches!(second, PresentError::AtWork { .. }), "{second}");
    first.commit().unwrap();
    drop(create(outside.path(), "a").unwrap());
}

#[test]
fn litter_of_killed_runs_is_cleared_and_others_files_stay() {
    let outside = tempfile::tempdir().unwrap();
    let above = outside.path();
    fs::create_dir(above.join(".gmv-report-abc.tmp")).unwrap();
    fs::write(above.join(".gmv-report-abc.tmp/half"), "").unwrap();
    fs::write(above.join(".gmv-report-latest"), "").unwrap();
    fs::write(above.join("notes.txt"), "mine").unwrap();
    // Another run of gmv is writing a file there.
    fs::write(above.join(".gmv-x.tmp"), "").unwrap();
    written(above, "a", "");
    assert_eq!(names(above), [LOCK, ".gmv-x.tmp", "a", LATEST, "notes.txt"]);
}

#[test]
fn a_folder_that_a_kill_left_aside_gets_its_place_again() {
    let outside = tempfile::tempdir().unwrap();
    let above = outside.path();
    written(above, "a", "old");
    // As where names cannot be exchanged, killed between the two.
    fs::rename(above.join("a"), above.join(".gmv-report-before-a")).unwrap();
    drop(create(above, "b").unwrap());
    assert_eq!(fs::read_to_string(above.join("a/a/b.txt")).unwrap(), "old");
    fs::create_dir(above.join("new")).unwrap();
    fs::write(above.join("new/run.json"), "new").unwrap();
    put_aside(above, "a", &above.join("new")).unwrap();
    assert_eq!(fs::read_to_string(above.join("a/run.json")).unwrap(), "new");
    assert_eq!(fs::read_to_string(above.join("new/a/b.txt")).unwrap(), "old");
    // Killed behind both: the old one goes.
    fs::rename(above.join("new"), above.join(".gmv-report-before-a")).unwrap();
    drop(create(above, "b").unwrap());
    assert_eq!(names(above), [LOCK, "a", LATEST]);
}

#[cfg(unix)]
#[test]
fn latest_leads_to_the_latest() {
    let outside = tempfile::tempdir().unwrap();
    let latest = || fs::read_link(outside.path().join(LATEST)).unwrap();
    written(outside.path(), "2026-11-09", "");
    written(outside.path(), "2026-11-02", "");
    assert_eq!(latest(), Path::new("2026-11-09"));
    written(outside.path(), "2026-11-16", "");
    assert_eq!(latest(), Path::new("2026-11-16"));
    fs::remove_dir_all(outside.path().join("2026-11-16")).unwrap();
    written(outside.path(), "2026-11-09", "");
    assert_eq!(latest(), Path::new("2026-11-09"));
}

#[test]
fn places_that_cannot_be_written_fail_at_once() {
    let outside = tempfile::tempdir().unwrap();
    let missing = create(&outside.path().join("x/y"), "a").unwrap_err();
    assert!(matches!(missing, PresentError::NoFolder { .. }), "{missing}");
    fs::write(outside.path().join("a"), "").unwrap();
    let file = create(outside.path(), "a").unwrap_err();
    assert!(matches!(file, PresentError::NotAFolder { .. }), "{file}");
    let file = create(&outside.path().join("a"), "b").unwrap_err();
    assert!(matches!(file, PresentError::Create { .. }), "{file}");
}
