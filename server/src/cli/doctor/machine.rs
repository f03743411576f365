//! This machine: room on the disk, who may read the data folder, and the two ways in which memory reaches a disk.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

use super::Report;
use crate::config::Config;
use crate::store::Database;

/// A database, its journal, and a few versions of the public files.
const DISK_MIN_BYTES: u64 = 500 * 1000 * 1000;
const SWAPS: &str = "/proc/swaps";

pub fn check(config: &Config, report: &mut Report) {
    disk(&config.data, report);
    if let Database::SqliteFile(file) = &config.database {
        readers(file, report);
    }
    swap(&fs::read_to_string(SWAPS).unwrap_or_default(), report);
    core_dumps(report);
}

fn disk(data: &Path, report: &mut Report) {
    let Ok(disk) = rustix::fs::statvfs(data) else {
        report.bad("disk", "cannot be asked how much room is left");
        return;
    };
    let free = disk.f_bavail.saturating_mul(disk.f_frsize);
    let told = format!("{} MB are free", free / 1_000_000);
    report.check("disk", free >= DISK_MIN_BYTES, &told, &format!("only {told}"));
}

/// The data folder shuts everybody else out; a database elsewhere may not.
fn readers(database: &Path, report: &mut Report) {
    let Ok(file) = fs::metadata(database) else { return };
    let folder = database.parent().and_then(|folder| fs::metadata(folder).ok());
    let folder_is_shut = folder.is_some_and(|folder| folder.permissions().mode() & 0o077 == 0);
    let is_shut = folder_is_shut || file.permissions().mode() & 0o077 == 0;
    let bad = format!("{} can be read by other accounts: chmod 600", database.display());
    report.check("file rights", is_shut, "nobody else reads the database", &bad);
}

/// Conversations are in memory only, as long as memory stays in memory.
fn swap(swaps: &str, report: &mut Report) {
    let on_disk: Vec<&str> = swaps.lines().skip(1).filter_map(disk_swap).collect();
    let bad =
        format!("memory can be written to {}: swapoff it, or set MemorySwapMax=0 for the service", on_disk.join(", "));
    report.check("swap", on_disk.is_empty(), "memory is not written to a disk", &bad);
}

/// The name of a swap that is not itself in memory.
fn disk_swap(line: &str) -> Option<&str> {
    let name = line.split_whitespace().next()?;
    (!name.starts_with("/dev/zram")).then_some(name)
}

/// This process has switched them off for itself as the relay does.
fn core_dumps(report: &mut Report) {
    let none_allowed = getrlimit(Resource::Core).current == Some(0);
    let not_dumpable = matches!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    let bad = "could not be switched off on this machine";
    report.check("core dumps", none_allowed && not_dumpable, "are off for the relay", bad);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swap_in_compressed_memory_is_no_disk() {
        let head = "Filename\tType\tSize\tUsed\tPriority\n";
        let warnings = |rows: &str| {
            let mut report = Report::default();
            swap(&format!("{head}{rows}"), &mut report);
            report.warnings
        };
        assert_eq!(warnings(""), 0);
        assert_eq!(warnings("/dev/zram0 partition 1 0 100\n"), 0);
        assert_eq!(warnings("/swapfile file 1 0 -2\n"), 1);
    }
}
