//! The memory that is free.

/// Returns the bytes that are free on the machine and in the group that the process may be confined to; no limit where the
/// system does not tell.
pub(super) fn free_memory() -> u64 {
    let Ok(mut system) = sysinfo::System::new() else { return u64::MAX };
    system.refresh_memory();
    let confined = system.cgroup_limits().map(|limits| limits.total_memory.saturating_sub(limits.rss));
    system.available_memory().min(confined.unwrap_or(u64::MAX))
}
