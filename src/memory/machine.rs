//! What the system says of memory; nothing where it does not.

use std::path::Path;

/// The bytes that this process may take: the machine's memory, or less where a control group allows less.
pub fn memory() -> Option<u64> {
    memory_below(Path::new("/"))
}

fn memory_below(root: &Path) -> Option<u64> {
    let read = |path: &str| std::fs::read_to_string(root.join(path)).ok();
    let total = read("proc/meminfo").and_then(|text| {
        let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    });
    let groups = read("proc/self/cgroup").unwrap_or_default();
    let limits = groups.lines().flat_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (kinds, group) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        // A group, and those around it; in a container, only the outermost of its path may be there.
        let around = Path::new(group.trim_start_matches('/')).ancestors();
        let (mounts, name): (&[_], _) = match kinds {
            "" => (&["sys/fs/cgroup", "sys/fs/cgroup/unified"], "memory.max"),
            _ if kinds.split(',').any(|kind| kind == "memory") => {
                (&["sys/fs/cgroup/memory"], "memory.limit_in_bytes")
            }
            _ => (&[], ""),
        };
        let files =
            around.flat_map(move |group| mounts.iter().map(move |mount| Path::new(mount).join(group)));
        files.filter_map(move |folder| {
            std::fs::read_to_string(root.join(folder).join(name)).ok()?.trim().parse::<u64>().ok()
        })
    });
    total.into_iter().chain(limits).min()
}

/// The bytes of this process that are in memory.
pub fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_limit_counts() {
        let root = tempfile::tempdir().unwrap();
        let limit = || memory_below(root.path());
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(limit(), None);
        write("proc/meminfo", "MemTotal:       1000 kB\nMemFree:        10 kB\n");
        assert_eq!(limit(), Some(1_024_000));
        write("proc/self/cgroup", "4:cpu,memory:/jobs/7\n0::/user/a\n");
        write("sys/fs/cgroup/user/a/memory.max", "max\n");
        assert_eq!(limit(), Some(1_024_000));
        write("sys/fs/cgroup/user/memory.max", "900000\n");
        assert_eq!(limit(), Some(900_000));
        // What a container sees: the path of the group is the machine's, the limit is at the top.
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", "800000\n");
        assert_eq!(limit(), Some(800_000));
        write("sys/fs/cgroup/memory/jobs/7/memory.limit_in_bytes", "9223372036854771712\n");
        assert_eq!(limit(), Some(800_000));
    }

    #[test]
    fn the_resident_set_is_known_on_linux() {
        assert_eq!(resident().is_some(), cfg!(target_os = "linux"));
        assert!(resident().is_none_or(|bytes| bytes > 1 << 20));
    }
}
