//! Faults of data, devices and training → the exit code that each means.

use miette::Diagnostic;

use crate::cli::exit::{Exit, Failure, alone};
use crate::data::DataError;
use crate::emit::{LoadFault, TorchFault};
use crate::train::{FitFault, KeptFault, RunDirFault, RunFault, StepFault};

/// Who is to blame for a fault.
pub(super) trait Blame: Diagnostic + Send + Sync + Sized + 'static {
    /// Returns the exit code.
    fn exit(&self) -> Exit;

    /// Makes a failure of it.
    fn failure(self) -> Failure {
        Failure::Fault(self.exit(), alone(self))
    }
}

impl Blame for DataError {
    fn exit(&self) -> Exit {
        if self.is_environment() { Exit::Environment } else { Exit::Input }
    }
}

impl Blame for TorchFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::Environment,
            Self::Bug(_) => Exit::Bug,
        }
    }
}

impl Blame for RunDirFault {
    fn exit(&self) -> Exit {
        match self {
            Self::InUse { .. } | Self::Read { .. } => Exit::Input,
            Self::Write { .. } | Self::Missing { .. } => Exit::Environment,
        }
    }
}

impl Blame for KeptFault {
    fn exit(&self) -> Exit {
        match self {
            Self::RunDir(fault) => fault.exit(),
            Self::Damaged(_) | Self::Altered(_) | Self::Mismatch(_) => Exit::Input,
            Self::Torch(fault) => fault.exit(),
        }
    }
}

impl Blame for StepFault {
    fn exit(&self) -> Exit {
        match self {
            Self::NotFinite(_) => Exit::Input,
            Self::Torch(fault) => fault.exit(),
        }
    }
}

impl Blame for RunFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Config(_) | Self::Misfit(_) | Self::State(_) => Exit::Input,
            Self::Step(fault) => fault.exit(),
            Self::Torch(fault) => fault.exit(),
            Self::RunDir(fault) => fault.exit(),
        }
    }
}

impl Blame for FitFault {
    fn exit(&self) -> Exit {
        match self {
            Self::OneClass(_) | Self::NotFinite(_) => Exit::Input,
            Self::Torch(fault) => fault.exit(),
        }
    }
}

impl Blame for LoadFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Mismatch(_) => Exit::Input,
            Self::Torch(fault) => fault.exit(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::BatchBuffer;

    /// A buffer that is given more than it was made for is a fault of gemc's own; what libtorch refuses is the machine's.
    #[test]
    fn faults_of_our_own_are_seventy() {
        let bytes = [0_u8; 4];
        let ours = BatchBuffer::new().paint([1, 1, 1], [bytes.as_slice()].into_iter()).unwrap_err();
        assert_eq!((ours.exit(), ours.code().map(|code| code.to_string())), (Exit::Bug, Some("gemc::bug".to_owned())));
        assert!(matches!(ours.failure(), Failure::Fault(Exit::Bug, _)));
        let theirs = TorchFault::Refused { message: "out of memory".to_owned() };
        assert_eq!(StepFault::from(theirs).exit(), Exit::Environment);
    }
}
