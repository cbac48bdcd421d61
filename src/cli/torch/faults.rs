//! Faults of libtorch and training → the exit code that each means.

use crate::cli::exit::Exit;
use crate::cli::faults::Blame;
use crate::emit::{LoadFault, TorchFault};
use crate::train::{EpisodesFault, FitFault, RunFault, StepFault};

impl Blame for TorchFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Refused { .. } => Exit::Environment,
            Self::Bug(_) => Exit::Bug,
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
            Self::Config(_) | Self::Misfit(_) | Self::OtherData(_) | Self::State(_) | Self::Genome(_) => Exit::Input,
            Self::Episodes(fault) => fault.exit(),
            Self::Step(fault) => fault.exit(),
            Self::Torch(fault) => fault.exit(),
            Self::RunDir(fault) => fault.exit(),
        }
    }
}

impl Blame for EpisodesFault {
    fn exit(&self) -> Exit {
        match self {
            Self::Classes(_) | Self::Samples(_) => Exit::Input,
            Self::Torch(fault) => fault.exit(),
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
    use miette::Diagnostic;

    use super::*;
    use crate::cli::exit::Failure;
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
