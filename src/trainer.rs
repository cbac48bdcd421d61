//! A model, data and a protocol → runs that were trained, and what came of them. With [`crate::compile()`] this is the library's
//! stable interface, and what `gemc train` is made of.

use std::borrow::Cow;
use std::time::Instant;

use miette::Diagnostic;

#[cfg(feature = "data")]
use crate::compile::stages;
#[cfg(feature = "data")]
use crate::data::{ClassSamples, Dataset, FewShotSet, Split};
#[cfg(feature = "data")]
use crate::diag::Report;
use crate::emit::Place;
#[cfg(feature = "data")]
use crate::options::Options;
use crate::plan::{Array, Plan};
#[cfg(feature = "data")]
use crate::train::SampleBytes;
use crate::train::{
    ClassBytes, ClassData, Doubt, JobData, Metric, RunDir, RunDirFault, RunFault, Stopped, TrainConfig, TrainData,
    TrainJob, TrainState, Trained, Watcher, run,
};

/// Trains the runs of a model.
///
/// Run k of R is the run that its seed alone gives. On a CPU that holds to the last bit, whatever runs beside it.
pub struct Trainer<'a> {
    plan: Cow<'a, Plan>,
    data: Data<'a>,
    config: TrainConfig,
    place: Place,
    run_dir: Option<&'a mut RunDir>,
    from: Option<&'a TrainState>,
    start: &'a [(String, Array)],
    callbacks: Callbacks<'a>,
    interrupt: Box<dyn Fn() -> Option<Stopped> + 'a>,
}

impl<'a> Trainer<'a> {
    /// Trains a plan by `config` on data whose samples have as many numbers as its input: samples with labels, or, where the plan and
    /// `config` are for few-shot learning, classes that tasks are made of. Until something else is asked for, it
    /// trains on the CPU in single precision, tells nobody, keeps no files, and goes on until the runs stop by themselves.
    pub fn new(plan: &'a Plan, data: impl Into<JobData<'a>>, config: TrainConfig) -> Self {
        Self::of(Cow::Borrowed(plan), Data::Bytes(data.into()), config)
    }

    /// Compiles a model for a data set, and trains its plan. Samples that are smaller than the input get a margin of zeros.
    ///
    /// # Errors
    ///
    /// The report of all that is wrong with the text.
    #[cfg(feature = "data")]
    pub fn from_text(text: &str, data: &'a Dataset, config: TrainConfig) -> Result<Self, Report> {
        let options = Options { facts: Some(data.facts.clone()), batch: Some(config.batch), ..Options::default() };
        let stages = stages("model.gem", text, &options)?;
        let margin = stages.model().margin(&data.facts).unwrap_or(0);
        let padded = || Data::Padded(Box::new(data.clone().padded(margin)));
        let data = if margin == 0 { Data::Bytes(JobData::Samples(data.into())) } else { padded() };
        Ok(Self::of(Cow::Owned(stages.plan), data, config))
    }

    fn of(plan: Cow<'a, Plan>, data: Data<'a>, config: TrainConfig) -> Self {
        let (callbacks, interrupt) = (Callbacks::default(), Box::new(|| None));
        Self { plan, data, config, place: Place::CPU, run_dir: None, from: None, start: &[], callbacks, interrupt }
    }

    /// Trains on this device, with this kind of number.
    #[must_use]
    pub fn place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// Calls `hear` after every evaluation, with one metric for each run that still counted.
    #[must_use]
    pub fn on_metrics(mut self, hear: impl FnMut(&[Metric]) + 'a) -> Self {
        self.callbacks.metrics = Some(Box::new(hear));
        self
    }

    /// Calls `hear` with what is amiss: that a run may not learn, once for each kind; that files cannot be written.
    #[must_use]
    pub fn on_warning(mut self, hear: impl FnMut(&dyn Diagnostic) + 'a) -> Self {
        self.callbacks.warning = Some(Box::new(hear));
        self
    }

    /// Tells `watcher` of everything, of single steps too.
    #[must_use]
    pub fn watcher(mut self, watcher: &'a mut dyn Watcher) -> Self {
        self.callbacks.watcher = Some(watcher);
        self
    }

    /// Asks `interrupt` after every step whether to stop, and why.
    #[must_use]
    pub fn interrupt(self, interrupt: impl Fn() -> Option<Stopped> + 'a) -> Self {
        Self { interrupt: Box::new(interrupt), ..self }
    }

    /// Keeps the runs in a folder while they train.
    #[must_use]
    pub fn run_dir(self, run_dir: &'a mut RunDir) -> Self {
        Self { run_dir: Some(run_dir), ..self }
    }

    /// Goes on from a state of the same model, data and protocol, as if training had not stopped there.
    #[must_use]
    pub fn from_state(self, state: &'a TrainState) -> Self {
        Self { from: Some(state), ..self }
    }

    /// Begins with these rows of the parameter table, by name, [R, …] each, in place of those that the seeds draw: a genome that was
    /// trained before, or a part of one. Rows that are not named are drawn; constants that are named are not calibrated.
    #[must_use]
    pub fn start_rows(self, start: &'a [(String, Array)]) -> Self {
        Self { start, ..self }
    }

    /// Trains until every run has stopped improving, all steps are made, or the interrupt says so.
    ///
    /// # Errors
    ///
    /// Says which number of the protocol is no good, what of the data or the state does not fit the model, at which step which
    /// tensor of which run is no longer finite, or what libtorch refuses.
    pub fn run(self) -> Result<Trained, RunFault> {
        let Self { plan, data, config, place, run_dir, from, start, mut callbacks, interrupt } = self;
        let began = Instant::now();
        let clock = || began.elapsed().as_secs_f64();
        let data = match &data {
            Data::Bytes(data) => data.clone(),
            #[cfg(feature = "data")]
            Data::Padded(data) => JobData::Samples(data.as_ref().into()),
        };
        let job = TrainJob { plan: &plan, recipe: &config, start, place, data: &data, clock: &clock };
        run(&job, run_dir, from, &mut callbacks, &*interrupt)
    }
}

/// Where the samples are.
enum Data<'a> {
    Bytes(JobData<'a>),
    /// With a margin of zeros.
    #[cfg(feature = "data")]
    Padded(Box<Dataset>),
}

#[cfg(feature = "data")]
impl<'a> From<&'a Dataset> for TrainData<'a> {
    fn from(data: &'a Dataset) -> Self {
        let (neurons, classes) = (data.facts.sample_bytes(), data.facts.classes);
        let bytes = |split: &'a Split| SampleBytes { pixels: split.pixels(), labels: split.labels(), neurons, classes };
        Self { train: bytes(&data.train), test: bytes(&data.test) }
    }
}

impl<'a> From<TrainData<'a>> for JobData<'a> {
    fn from(data: TrainData<'a>) -> Self {
        Self::Samples(data)
    }
}

impl<'a> From<ClassData<'a>> for JobData<'a> {
    fn from(data: ClassData<'a>) -> Self {
        Self::Classes(data)
    }
}

#[cfg(feature = "data")]
impl<'a> From<&'a Dataset> for JobData<'a> {
    fn from(data: &'a Dataset) -> Self {
        Self::Samples(data.into())
    }
}

#[cfg(feature = "data")]
impl<'a> From<&'a FewShotSet> for JobData<'a> {
    fn from(data: &'a FewShotSet) -> Self {
        Self::Classes(data.into())
    }
}

#[cfg(feature = "data")]
impl<'a> From<&'a FewShotSet> for ClassData<'a> {
    fn from(data: &'a FewShotSet) -> Self {
        let held_out = data.validation.as_ref().unwrap_or(&data.test);
        Self { train: (&data.train).into(), test: held_out.into() }
    }
}

#[cfg(feature = "data")]
impl<'a> From<&'a ClassSamples> for ClassBytes<'a> {
    fn from(samples: &'a ClassSamples) -> Self {
        let classes = (0..samples.classes()).map(|class| samples.samples(class)).collect();
        Self { pixels: samples.pixels(), classes, neurons: samples.sample_bytes() }
    }
}

/// Hears the metrics of an evaluation.
type OnMetrics<'a> = Box<dyn FnMut(&[Metric]) + 'a>;
/// Hears a warning.
type OnWarning<'a> = Box<dyn FnMut(&dyn Diagnostic) + 'a>;

/// Who hears what happens.
#[derive(Default)]
struct Callbacks<'a> {
    metrics: Option<OnMetrics<'a>>,
    warning: Option<OnWarning<'a>>,
    watcher: Option<&'a mut dyn Watcher>,
}

impl Watcher for Callbacks<'_> {
    fn stepped(&mut self, done: u64, losses: Option<&[f64]>) {
        self.watcher.iter_mut().for_each(|watcher| watcher.stepped(done, losses));
    }

    fn evaluated(&mut self, metrics: &[Metric]) {
        self.metrics.iter_mut().for_each(|hear| hear(metrics));
        self.watcher.iter_mut().for_each(|watcher| watcher.evaluated(metrics));
    }

    fn doubted(&mut self, doubt: &Doubt) {
        self.warning.iter_mut().for_each(|hear| hear(doubt));
        self.watcher.iter_mut().for_each(|watcher| watcher.doubted(doubt));
    }

    fn unwritten(&mut self, fault: &RunDirFault) {
        self.warning.iter_mut().for_each(|hear| hear(fault));
        self.watcher.iter_mut().for_each(|watcher| watcher.unwritten(fault));
    }
}
