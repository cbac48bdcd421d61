//! One thread for libtorch while something is made whose digits must not depend on how many there are.

/// Gives libtorch one thread as long as it lives, and then as many as before.
#[derive(Debug)]
pub(super) struct OneThread {
    before: i32,
}

impl OneThread {
    pub(super) fn new() -> Self {
        let before = tch::get_num_threads();
        if before != 1 {
            tch::set_num_threads(1);
        }
        Self { before }
    }
}

impl Drop for OneThread {
    fn drop(&mut self) {
        if self.before != 1 {
            tch::set_num_threads(self.before);
        }
    }
}
