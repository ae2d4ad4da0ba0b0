//! One hosting entry in one case: from weights and accelerators to users.

use jiff::civil::Date;

use super::super::text;
use super::Case;
use super::answering::{Answering, share};
use super::cache::{self, Cache, Keeping};
use super::demand::Demand;
use super::figure::{Figure, Origin, Term, Unit, stated, work};
use super::machine::Machine;
use super::served::{self, Served};
use super::shape::Shape;
use super::speed::{Engine, prefill, saturation};
use crate::knowledge::tables::Tables;
use crate::manifest::value::{Answer, Data, Gaps, Value, View};

/// What limits the number of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    Throughput,
    LoadTest,
    Memory,
    Bandwidth,
    Compute,
    MaxSequences,
}

impl Limit {
    pub fn word(self) -> &'static str {
        match self {
            Self::Throughput => "throughput",
            Self::LoadTest => "load_test",
            Self::Memory => "memory",
            Self::Bandwidth => "bandwidth",
            Self::Compute => "compute",
            Self::MaxSequences => "max_sequences",
        }
    }
}

/// The figures of one case; [`super::SIZING`] says what each means.
#[derive(Debug, Clone)]
pub struct Sized {
    pub machine: Machine,
    pub demand: Demand,
    pub replicas: Term,
    pub replicas_planned: Term,
    pub divisible: Result<bool, Gaps>,
    pub heads: Term,
    pub cached_heads: Term,
    pub copies: Term,
    pub weights: Term,
    pub model_weights: Term,
    pub usable: Term,
    pub pool: Term,
    pub token: Term,
    pub sequence: Term,
    pub sequences: Term,
    pub all_sequences: Term,
    pub context: Term,
    pub decode_rate: Term,
    pub first_token: Term,
    pub answer: Term,
    pub throughput: Term,
    pub throughput_stated: bool,
    pub capacity: Term,
    pub planned_capacity: Term,
    pub asked: Term,
    pub planned_asked: Term,
    pub load: Term,
    pub planned_load: Term,
    pub users: Term,
    pub carried: Term,
    pub months: Term,
    pub months_linear: Term,
    pub needed: Term,
    pub planned_needed: Term,
    pub headroom: Term,
    pub limit: Option<Limit>,
    /// Bytes that are left beside the weights; below 0 they do not fit.
    pub spare: Term,
    /// Requests for which there is room beyond those of the busiest time.
    pub spare_sequences: Term,
    /// Bytes left beside one request of the served length.
    pub spare_context: Term,
    /// Users of a load test, where it stands in for what would be computed.
    tested: Option<f64>,
    promise: Result<Option<f64>, Gaps>,
}

/// The entry while it is sized.
struct Sizing<'v, 'm> {
    view: &'v View<'m>,
    answering: &'v Result<Answering, Gaps>,
    host: Answer<'m>,
    case: Case,
    machine: Machine,
    demand: Demand,
    shape: Option<&'v Shape>,
    /// Accelerators that hold the weights once.
    engine: Term,
    cache: Result<Cache, Gaps>,
    keeping: Keeping,
}

/// What every entry is sized with.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'g, 'm> {
    pub view: &'g View<'m>,
    pub tables: &'g Tables,
    pub today: Date,
    pub answering: &'g Result<Answering, Gaps>,
}

impl Sized {
    /// Sizes an entry.
    pub fn of<'m>(ground: &Ground<'_, 'm>, host: &Value<'m>, served: &Served<'m>, case: Case) -> Self {
        let Ground { view, tables, today, answering } = *ground;
        let answer = Ok(host.clone());
        let machine = Machine::of(view, tables, &answer, case, served::eight_bit(view, &answer));
        let demand = Demand::of(view, case, today);
        let shape = served.main.as_ref().map(|(_, shape)| shape);
        let sizing = Sizing {
            engine: engine(&machine),
            keeping: keeping(view, &answer, &machine, case),
            cache: shape.map_or_else(|| Err(Gaps::default()), |shape| shape.cache.clone()),
            host: answer,
            view,
            answering,
            case,
            machine,
            demand,
            shape,
        };
        sizing.figures(served)
    }

    /// The figures in the order of [`super::SIZING`], without the limit.
    pub fn figures(&self) -> [&Term; 26] {
        [
            &self.weights,
            &self.model_weights,
            &self.usable,
            &self.pool,
            &self.token,
            &self.sequence,
            &self.sequences,
            &self.all_sequences,
            &self.context,
            &self.decode_rate,
            &self.first_token,
            &self.answer,
            &self.throughput,
            &self.capacity,
            &self.planned_capacity,
            &self.asked,
            &self.planned_asked,
            &self.load,
            &self.planned_load,
            &self.users,
            &self.carried,
            &self.months,
            &self.months_linear,
            &self.needed,
            &self.planned_needed,
            &self.headroom,
        ]
    }

    /// Whether a load test has shown that today's, or the planned, users are carried.
    pub fn tested(&self, planned: bool) -> Option<Result<bool, Gaps>> {
        let users = if planned { &self.demand.planned_users } else { &self.demand.users };
        let (tested, users) = (self.tested?, users.as_ref().ok()?);
        (tested >= users.value).then_some(Ok(true))
    }

    /// Whether an average answer could be given in the promised time with nobody else on the machine. What
    /// was measured is not computed again.
    pub fn keeps_promise(&self) -> Result<bool, Gaps> {
        match &self.promise {
            Ok(None) => Ok(true),
            Ok(Some(seconds)) => self.answer.as_ref().map(|answer| answer.value <= *seconds).map_err(Clone::clone),
            Err(gaps) => Err(gaps.clone()),
        }
    }
}

/// Accelerators that hold the weights once: as layers are split, else all of a replica.
fn engine(machine: &Machine) -> Term {
    let Ok(tensor) = &machine.tensor_parallel else { return machine.count.clone() };
    let stages = Ok(machine.pipeline_parallel.clone().unwrap_or_else(|_| Figure::table(1.0, "not divided unless it is stated")));
    work(
        "accelerators of one engine",
        Unit::Count,
        "tensor parallel × pipeline parallel",
        [("tensor parallel", Unit::Count, &Ok(tensor.clone())), ("pipeline parallel", Unit::Count, &stages)],
        |[tensor, stages]| tensor * stages,
    )
}

/// Whether the engine frees what lies outside a window, where that is stated.
fn stated_windows<'m>(view: &View<'m>, host: &Answer<'m>) -> Result<bool, Gaps> {
    let value = view.field(host.as_ref().map_err(Clone::clone)?, "hybrid_cache")?;
    match value.data {
        Data::Bool(frees) => Ok(frees),
        Data::None => Ok(false),
        _ => Err(view.gap_at(value.place)),
    }
}

fn keeping<'m>(view: &View<'m>, host: &Answer<'m>, machine: &Machine, case: Case) -> Keeping {
    let precision = host.as_ref().ok().and_then(|host| text(view, host, "kv_precision").ok());
    let windows = stated_windows(view, host);
    Keeping {
        number: if matches!(precision.as_deref(), Some("fp8" | "int8")) { 1.0 } else { 2.0 },
        block: match stated(view, host, "block_tokens", Some(0.0)) {
            Ok(block) if block.value > 0.0 => block.value,
            _ => 16.0,
        },
        windows: match windows {
            Ok(frees) => frees,
            Err(_) => case != Case::Worst,
        },
        split: machine.tensor_parallel.as_ref().map_or(1.0, |split| split.value.max(1.0)),
    }
}

impl<'m> Sizing<'_, 'm> {
    #[expect(clippy::too_many_lines, reason = "one calculation after the other, in the order in which they need each other")]
    fn figures(self, served: &Served<'m>) -> Sized {
        let weights = served.weights(self.view, &self.host, self.case);
        let engines = work(
            "engines of a replica",
            Unit::Count,
            "accelerators / accelerators of one engine, at least 1",
            [("accelerators", Unit::Count, &self.machine.count), ("accelerators of one engine", Unit::Count, &self.engine)],
            |[count, engine]| (count / engine).floor().max(1.0),
        );
        let usable = work(
            "usable memory",
            Unit::Bytes,
            "accelerators × (memory × utilisation − overhead)",
            [
                ("accelerators", Unit::Count, &self.machine.count),
                ("memory", Unit::Bytes, &self.machine.memory),
                ("utilisation", Unit::Share, &self.machine.utilisation),
                ("overhead", Unit::Bytes, &self.machine.overhead),
            ],
            |[count, memory, utilisation, overhead]| count * (memory * utilisation - overhead),
        );
        let pool = work(
            "cache pool",
            Unit::Bytes,
            "usable memory − engines × weights",
            [("usable memory", Unit::Bytes, &usable), ("engines", Unit::Count, &engines), ("weights", Unit::Bytes, &weights)],
            |[usable, engines, weights]| usable - engines * weights,
        );
        let token = self.cache_figure("cache of a token", &[], |cache, keeping, _| cache.token(keeping.number));
        let length = self.length();
        let sequence = self.cache_figure("cache of a request", &[("tokens", Unit::Tokens, &length)], |cache, keeping, tokens| {
            cache.bytes(tokens[0], keeping)
        });
        let prefix =
            self.cache_figure("cache of the shared prefix", &[("tokens", Unit::Tokens, &self.demand.shared)], |c, k, tokens| {
                if tokens[0] > 0.0 { c.bytes(tokens[0], k) } else { 0.0 }
            });
        let sequences = work(
            "requests at a time",
            Unit::Sequences,
            "⌊(cache pool − cache of the shared prefix) / cache of a request⌋",
            [
                ("cache pool", Unit::Bytes, &pool),
                ("cache of the shared prefix", Unit::Bytes, &prefix),
                ("cache of a request", Unit::Bytes, &sequence),
            ],
            |[pool, prefix, sequence]| whole((pool - prefix) / sequence).max(0.0),
        );
        let longest = stated(self.view, &self.host, "max_context_tokens", None);
        let context =
            self.cache_figure("cache of the longest request", &[("tokens", Unit::Tokens, &longest)], |cache, keeping, tokens| {
                cache.bytes(tokens[0], keeping)
            });
        let (replicas, replicas_planned) = self.replicas();
        let all_sequences = product(
            "requests at a time, all replicas",
            Unit::Sequences,
            ("requests at a time", Unit::Sequences, &sequences),
            &replicas,
        );
        let speed = self.speed(&weights, &sequences, &engines);
        let share = share(self.view, self.answering, &self.host, self.case);
        let asked_of = |peak: &Term| {
            work(
                "tokens asked of the entry",
                Unit::TokensPerSecond,
                "tokens asked for × share",
                [("tokens asked for", Unit::TokensPerSecond, &self.demand.tokens(peak)), ("share", Unit::Share, &share)],
                |[tokens, share]| tokens * share,
            )
        };
        let (asked, planned_asked) = (asked_of(&self.demand.peak), asked_of(&self.demand.planned_peak));
        let stated_throughput = stated(self.view, &self.host, "throughput", None);
        let throughput_stated = stated_throughput.is_ok();
        let (throughput, limit) = match stated_throughput {
            Ok(figure) => (Ok(figure), Some(Limit::Throughput)),
            Err(missing) => match speed.throughput {
                Ok((figure, limit)) => (Ok(figure), Some(limit)),
                // A measurement would settle it, whatever else is missing.
                Err(gaps) => (Err(if gaps.is_empty() { missing } else { gaps }), None),
            },
        };
        let per_replica = ("throughput", Unit::TokensPerSecond, &throughput);
        let capacity = product("capacity", Unit::TokensPerSecond, per_replica, &replicas);
        let planned_capacity = product("planned capacity", Unit::TokensPerSecond, per_replica, &replicas_planned);
        let users = work(
            "users of one replica",
            Unit::Users,
            "⌊throughput / output / rate / share⌋",
            [
                per_replica,
                ("output", Unit::Tokens, &self.demand.output),
                ("rate", Unit::RequestsPerSecond, &self.demand.rate),
                ("share", Unit::Share, &share),
            ],
            |[throughput, output, rate, share]| whole(throughput / output / rate / share),
        );
        let tested = self.load_tested().filter(|_| !throughput_stated);
        let carried = product("users carried", Unit::Users, ("users of one replica", Unit::Users, &users), &replicas);
        let carried_by_test =
            tested.as_ref().filter(|tested| carried.as_ref().map_or(true, |carried| carried.value < tested.value));
        let (carried, limit) = match carried_by_test {
            Some(tested) => (Ok(tested.clone()), Some(Limit::LoadTest)),
            None => (carried, limit),
        };
        let months = |name, formula, compound: bool| {
            work(
                name,
                Unit::Months,
                formula,
                [
                    ("users", Unit::Users, &self.demand.users),
                    ("planned users", Unit::Users, &self.demand.planned_users),
                    ("months", Unit::Months, &self.demand.months),
                    ("carried", Unit::Users, &carried),
                ],
                |[users, planned, months, carried]| {
                    let (factor, amount) = saturation(users, planned, months, carried);
                    if compound { factor } else { amount }
                },
            )
        };
        let needed = |name, asked: &Term| {
            work(
                name,
                Unit::Replicas,
                "⌈tokens asked for / throughput⌉",
                [("tokens asked for", Unit::TokensPerSecond, asked), per_replica],
                |[asked, throughput]| (asked / throughput).ceil().max(1.0),
            )
        };
        let concurrent = self.demand.concurrent(&speed.seconds);
        Sized {
            divisible: self.divisible(),
            heads: self.shape.map_or_else(|| Err(Gaps::default()), |shape| shape.heads.clone()),
            cached_heads: self.shape.map_or_else(|| Err(Gaps::default()), |shape| shape.cached_heads.clone()),
            copies: self.copies(),
            spare: difference(
                "memory beside the weights",
                ("usable memory", &usable),
                (
                    "weights of all engines",
                    &product("weights of all engines", Unit::Bytes, ("weights", Unit::Bytes, &weights), &engines),
                ),
                Unit::Bytes,
            ),
            spare_sequences: difference(
                "room at the peak",
                ("requests at a time, all replicas", &all_sequences),
                ("concurrent requests", &concurrent),
                Unit::Sequences,
            ),
            spare_context: difference(
                "room for the longest request",
                ("cache pool", &pool),
                ("cache of the longest request", &context),
                Unit::Bytes,
            ),
            headroom: self.headroom(&pool, &sequence, &sequences, &concurrent, &replicas),
            load: ratio("load", &asked, &capacity),
            planned_load: ratio("planned load", &planned_asked, &planned_capacity),
            months: months("months to saturation", "months × ln(carried / users) / ln(planned users / users)", true),
            months_linear: months(
                "months to saturation, straight line",
                "months × (carried − users) / (planned users − users)",
                false,
            ),
            needed: needed("replicas needed", &asked),
            planned_needed: needed("replicas needed as planned", &planned_asked),
            promise: self.promise(),
            tested: tested.map(|figure| figure.value),
            decode_rate: speed.decode_rate,
            first_token: speed.first_token,
            answer: speed.answer,
            machine: self.machine,
            demand: self.demand,
            replicas,
            replicas_planned,
            weights,
            model_weights: served.own_weights(self.view, &self.host, self.case),
            usable,
            pool,
            token,
            sequence,
            sequences,
            all_sequences,
            context,
            throughput,
            throughput_stated,
            capacity,
            planned_capacity,
            asked,
            planned_asked,
            users,
            carried,
            limit,
        }
    }

    /// A figure that follows from the shape of the cache.
    fn cache_figure(
        &self,
        name: &'static str,
        tokens: &[(&'static str, Unit, &Term)],
        bytes: impl FnOnce(&Cache, Keeping, &[f64]) -> f64,
    ) -> Term {
        let one = Ok(Figure::table(1.0, "one token"));
        let (symbol, unit, tokens) = tokens.first().copied().unwrap_or(("tokens", Unit::Tokens, &one));
        let origin = self.shape.map_or_else(|| Origin::Table("".into()), |shape| shape.cache_origin.clone());
        let keeping = self.keeping;
        let token = self.cache.clone().map(|cache| Figure { value: cache.bytes(1.0, Keeping { block: 1.0, ..keeping }), origin });
        let width = Ok(Figure::table(keeping.number, if keeping.number < 2.0 { "an 8-bit cache" } else { "a 16-bit cache" }));
        let block = Ok(Figure::table(keeping.block, "tokens are kept in blocks"));
        let windows = match stated_windows(self.view, &self.host) {
            Ok(_) => Ok(Figure::table(f64::from(u8::from(keeping.windows)), "as `hybrid_cache` says")),
            Err(asked) if self.cache.as_ref().is_ok_and(Cache::mixed) => {
                let origin = Origin::Assumed { range: "whether the engine frees what lies outside a window", asked };
                Ok(Figure { value: f64::from(u8::from(keeping.windows)), origin })
            }
            Err(_) => Ok(Figure::table(1.0, "all layers are alike")),
        };
        let cache = self.cache.clone();
        work(
            name,
            Unit::Bytes,
            "sum over groups of layers: layers × heads × width × bytes × min(tokens in whole blocks, window) × copies, + recurrent state",
            [
                (symbol, unit, tokens),
                ("first token", Unit::Bytes, &token),
                ("bytes", Unit::Bytes, &width),
                ("block", Unit::Tokens, &block),
                ("windows freed", Unit::Count, &windows),
            ],
            |[tokens, ..]| cache.map_or(0.0, |cache| bytes(&cache, keeping, &[tokens])),
        )
    }

    /// Tokens that a request of average length holds in the cache beyond the shared prefix.
    fn length(&self) -> Term {
        work(
            "tokens of a request",
            Unit::Tokens,
            "input + output − shared prefix",
            [
                ("input", Unit::Tokens, &self.demand.input),
                ("output", Unit::Tokens, &self.demand.output),
                ("shared prefix", Unit::Tokens, &self.demand.shared),
            ],
            |[input, output, shared]| (input + output - shared).max(1.0),
        )
    }

    /// Most replicas today and at the planned date.
    fn replicas(&self) -> (Term, Term) {
        let replicas = self.field("replicas");
        let most = stated(self.view, &replicas, "max", None);
        let fixed = self.field("autoscaling").is_ok_and(|value| matches!(value.data, Data::None));
        let most = match most {
            // Without scaling, what runs is all there is.
            Err(gaps) if fixed => stated(self.view, &replicas, "min", None).map_err(|_| gaps),
            other => other,
        };
        let quota = self.field("gpus").and_then(|gpus| self.view.field(&gpus, "quota"));
        let within = |name, most: Term| match quota.as_ref().ok().filter(|quota| !matches!(quota.data, Data::None)) {
            Some(_) => work(
                name,
                Unit::Replicas,
                "min(replicas, ⌊quota / accelerators⌋)",
                [
                    ("replicas", Unit::Replicas, &most),
                    ("quota", Unit::Count, &stated(self.view, &self.field("gpus"), "quota", None)),
                    ("accelerators", Unit::Count, &self.machine.count),
                ],
                |[replicas, quota, count]| replicas.min((quota / count).floor()),
            ),
            None => most,
        };
        let expansion = self.field("expansion").ok().filter(|value| !matches!(value.data, Data::None));
        let planned = match expansion {
            Some(expansion) if self.in_time(&expansion) => {
                let ordered = stated(self.view, &Ok(expansion), "replicas", None);
                match (&most, &ordered) {
                    (Ok(now), Ok(then)) if then.value > now.value => ordered,
                    (Ok(_), Ok(_)) => most.clone(),
                    (_, Err(gaps)) | (Err(gaps), _) => Err(gaps.clone()),
                }
            }
            _ => most.clone(),
        };
        (within("replicas", most), within("planned replicas", planned))
    }

    /// Whether what is on order arrives by the day of the planned growth.
    fn in_time(&self, expansion: &Value<'m>) -> bool {
        let day = |answer: Answer<'m>| match answer.map(|value| value.data) {
            Ok(Data::Date(day)) => Some(day),
            _ => None,
        };
        let manifest = self.view.manifest();
        let users = self.view.field(&manifest, "workload").and_then(|workload| self.view.field(&workload, "users"));
        let by = users.and_then(|users| self.view.field(&users, "by"));
        match (day(self.view.field(expansion, "by")), day(by)) {
            (Some(arrives), Some(planned)) => arrives <= planned,
            _ => true,
        }
    }

    fn field(&self, name: &str) -> Answer<'m> {
        self.host.clone().and_then(|host| self.view.field(&host, name))
    }

    fn divisible(&self) -> Result<bool, Gaps> {
        let count = self.machine.count.as_ref();
        if count.is_ok_and(|count| count.value <= 1.0) && self.machine.tensor_parallel.is_err() {
            return Ok(true);
        }
        let split = self.machine.tensor_parallel.clone()?;
        if split.value <= 1.0 {
            return Ok(true);
        }
        let Some(shape) = self.shape else { return Err(Gaps::default()) };
        let (heads, cached) = (shape.heads.clone()?, shape.cached_heads.clone()?);
        let latent = self.cache.as_ref().is_ok_and(|cache| cache.groups.iter().all(|group| group.latent));
        Ok(cache::divides(heads.value, cached.value, latent, split.value))
    }

    /// How often the cache is held in all.
    fn copies(&self) -> Term {
        let once = Keeping { split: 1.0, ..self.keeping };
        let bytes =
            |keeping| self.cache.clone().map(|cache| Figure::table(cache.bytes(16.0, keeping) - cache.state, "by its shape"));
        work(
            "copies of the cache",
            Unit::Count,
            "cache when split / cache when whole",
            [("cache when split", Unit::Bytes, &bytes(self.keeping)), ("cache when whole", Unit::Bytes, &bytes(once))],
            |[split, whole]| split / whole,
        )
    }

    /// Users of the load test, or those its rate of requests stands for.
    fn load_tested(&self) -> Option<Figure> {
        let test = self.field("load_test").ok().filter(|test| !matches!(test.data, Data::None))?;
        let test = Ok(test);
        if let Ok(users) = stated(self.view, &test, "users", None) {
            return Some(users);
        }
        let rps = stated(self.view, &test, "rps", None);
        let inputs = [("requests", Unit::RequestsPerSecond, &rps), ("rate", Unit::RequestsPerSecond, &self.demand.rate)];
        work("users of the load test", Unit::Users, "⌊requests / rate⌋", inputs, |[rps, rate]| whole(rps / rate)).ok()
    }

    /// The time in which an average answer was promised; none where nothing was promised, or the rate is measured.
    fn promise(&self) -> Result<Option<f64>, Gaps> {
        let measured = |name| self.field(name).is_ok_and(|value| !matches!(value.data, Data::None));
        if measured("decode_rate") || measured("latency_p95") {
            return Ok(None);
        }
        let workload = self.view.field(&self.view.manifest(), "workload")?;
        let target = self.view.field(&workload, "latency_target")?;
        let p95 = self.view.field(&target, "p95")?;
        match p95.data {
            Data::Duration(seconds) => Ok(Some(seconds)),
            _ => Ok(None),
        }
    }

    fn headroom(&self, pool: &Term, sequence: &Term, sequences: &Term, concurrent: &Term, replicas: &Term) -> Term {
        work(
            "headroom of an accelerator",
            Unit::Bytes,
            "(cache pool − cache of a request × min(concurrent requests / replicas, requests at a time)) / accelerators",
            [
                ("cache pool", Unit::Bytes, pool),
                ("cache of a request", Unit::Bytes, sequence),
                ("concurrent requests", Unit::Requests, concurrent),
                ("replicas", Unit::Replicas, replicas),
                ("requests at a time", Unit::Sequences, sequences),
                ("accelerators", Unit::Count, &self.machine.count),
            ],
            |[pool, sequence, concurrent, replicas, most, count]| (pool - sequence * (concurrent / replicas).min(most)) / count,
        )
    }

    /// How fast one engine is, and what a replica of them yields.
    #[expect(clippy::too_many_lines, reason = "one calculation after the other, in the order in which they need each other")]
    fn speed(&self, weights: &Term, sequences: &Term, engines: &Term) -> Speed {
        let Some(shape) = self.shape else { return Speed::unknown() };
        let attained = |name, one: &Term, efficiency: &Term, unit| {
            work(
                name,
                unit,
                "accelerators of one engine × of one × efficiency",
                [
                    ("accelerators of one engine", Unit::Count, &self.engine),
                    ("of one", unit, one),
                    ("efficiency", Unit::Share, efficiency),
                ],
                |[count, one, efficiency]| count * one * efficiency,
            )
        };
        let bandwidth = attained("bandwidth", &self.machine.bandwidth, &self.machine.bandwidth_efficiency, Unit::Bandwidth);
        let operations = attained("operations", &self.machine.operations, &self.machine.compute_efficiency, Unit::Operations);
        let keeping = Keeping { block: 1.0, ..self.keeping };
        let held = work(
            "tokens held while answering",
            Unit::Tokens,
            "input + output / 2",
            [("input", Unit::Tokens, &self.demand.input), ("output", Unit::Tokens, &self.demand.output)],
            |[input, output]| input + output / 2.0,
        );
        let read = self.cache_figure("cache read for a request", &[("tokens", Unit::Tokens, &held)], |cache, _, tokens| {
            cache.bytes(tokens[0], keeping)
        });
        let engine = |[weights, active, routed, parameters, experts, used, sequence, bandwidth, operations]: [f64; 9]| Engine {
            weights,
            expert_bytes: weights * routed / parameters,
            experts,
            used,
            active,
            sequence,
            bandwidth,
            operations,
        };
        let of_engine = [
            ("weights", Unit::Bytes, weights),
            ("active parameters", Unit::Parameters, &shape.active),
            ("expert parameters", Unit::Parameters, &shape.expert_parameters),
            ("parameters", Unit::Parameters, &shape.parameters),
            ("experts", Unit::Count, &shape.experts),
            ("experts of a token", Unit::Count, &shape.used),
            ("cache read for a request", Unit::Bytes, &read),
            ("bandwidth", Unit::Bandwidth, &bandwidth),
            ("operations", Unit::Operations, &operations),
        ];
        let decode_rate = work(
            "tokens a second, alone",
            Unit::TokensPerSecond,
            "1 / max((weights read + cache read for a request) / bandwidth, 2 × active parameters / operations)",
            of_engine,
            |inputs| 1.0 / engine(inputs).step(1.0),
        );
        let first_token = work(
            "first token, alone",
            Unit::Seconds,
            "2 × active parameters × input / operations",
            [
                ("active parameters", Unit::Parameters, &shape.active),
                ("input", Unit::Tokens, &self.demand.input),
                ("operations", Unit::Operations, &operations),
            ],
            |[active, input, operations]| prefill(active, input, operations),
        );
        let answer = work(
            "answer, alone",
            Unit::Seconds,
            "first token + output / tokens a second",
            [
                ("first token", Unit::Seconds, &first_token),
                ("output", Unit::Tokens, &self.demand.output),
                ("tokens a second", Unit::TokensPerSecond, &decode_rate),
            ],
            |[first, output, rate]| first + output / rate,
        );
        let most = self.most(sequences, engines);
        let promised = self.promised_token_time(&first_token);
        // Without a promise nothing bounds the time of a token; what was measured is no bound.
        let patience = promised.clone().unwrap_or_else(|| Ok(Figure::table(f64::INFINITY, "no time was promised")));
        let batch = work(
            "requests at a time, one engine",
            Unit::Sequences,
            "most requests whose step stays within the time of a token, within what the cache holds",
            with(of_engine, [("most", Unit::Sequences, &most), ("time of a token", Unit::Seconds, &patience)]),
            |inputs: [f64; 11]| {
                let (of_engine, [most, patience]) = apart(inputs);
                engine(of_engine).batch_within(patience, most)
            },
        );
        let step = work(
            "time of a token",
            Unit::Seconds,
            "max((weights read + requests × cache read for a request) / bandwidth, 2 × active parameters × requests / operations)",
            with(of_engine, [("requests", Unit::Sequences, &batch)]),
            |inputs: [f64; 10]| {
                let (of_engine, [batch]) = apart(inputs);
                engine(of_engine).step(batch.max(1.0))
            },
        );
        // At best an answer takes as long as the engine needs and no longer; else as long as was promised or measured.
        let (each, first) = match self.case {
            Case::Best => (None, None),
            _ => (self.target("per_token").or_else(|| self.measured_token_time()), self.first_token()),
        };
        let (each, first) = (each.unwrap_or_else(|| step.clone()), first.unwrap_or_else(|| first_token.clone()));
        let seconds = work(
            "seconds of a request",
            Unit::Seconds,
            "first token + output × time of a token",
            [
                ("first token", Unit::Seconds, &first),
                ("output", Unit::Tokens, &self.demand.output),
                ("time of a token", Unit::Seconds, &each),
            ],
            |[first, output, each]| first + output * each,
        );
        let by_decoding = work(
            "requests a second by decoding",
            Unit::RequestsPerSecond,
            "engines × requests at a time / seconds of a request",
            [
                ("engines", Unit::Count, engines),
                ("requests at a time", Unit::Sequences, &batch),
                ("seconds of a request", Unit::Seconds, &seconds),
            ],
            |[engines, batch, seconds]| engines * batch / seconds,
        );
        let by_reading = work(
            "requests a second by reading prompts",
            Unit::RequestsPerSecond,
            "engines / first token, alone",
            [("engines", Unit::Count, engines), ("first token, alone", Unit::Seconds, &first_token)],
            |[engines, first]| engines / first,
        );
        let throughput = work(
            "throughput",
            Unit::TokensPerSecond,
            "min(by decoding, by reading prompts) × output",
            [
                ("by decoding", Unit::RequestsPerSecond, &by_decoding),
                ("by reading prompts", Unit::RequestsPerSecond, &by_reading),
                ("output", Unit::Tokens, &self.demand.output),
            ],
            |[decoding, reading, output]| decoding.min(reading) * output,
        );
        let limit = match (&by_decoding, &by_reading, &batch, &most) {
            (Ok(decoding), Ok(reading), ..) if reading.value < decoding.value => Limit::Compute,
            (_, _, Ok(batch), Ok(most)) if batch.value < most.value => Limit::Bandwidth,
            _ if self.capped(sequences) => Limit::MaxSequences,
            _ => Limit::Memory,
        };
        Speed { decode_rate, first_token, answer, seconds, throughput: throughput.map(|figure| (figure, limit)) }
    }

    /// Most requests of one engine, by memory and by `max_sequences`.
    fn most(&self, sequences: &Term, engines: &Term) -> Term {
        let cap = stated(self.view, &self.host, "max_sequences", None).ok();
        let cap = Ok(cap.unwrap_or_else(|| Figure::table(f64::INFINITY, "no `max_sequences`")));
        work(
            "most requests of one engine",
            Unit::Sequences,
            "⌊min(requests at a time, max sequences) / engines⌋",
            [
                ("requests at a time", Unit::Sequences, sequences),
                ("max sequences", Unit::Sequences, &cap),
                ("engines", Unit::Count, engines),
            ],
            |[sequences, cap, engines]| (sequences.min(cap) / engines).floor(),
        )
    }

    fn capped(&self, sequences: &Term) -> bool {
        let cap = stated(self.view, &self.host, "max_sequences", None);
        matches!((cap, sequences), (Ok(cap), Ok(sequences)) if cap.value < sequences.value)
    }

    /// The first token: promised, else measured.
    fn first_token(&self) -> Option<Term> {
        let promised = self.target("first_token");
        let measured = stated(self.view, &self.host, "first_token", None);
        promised.or_else(|| measured.ok().map(Ok))
    }

    fn measured_token_time(&self) -> Option<Term> {
        let rate = stated(self.view, &self.host, "decode_rate", None).ok()?;
        let inputs = [("decode rate", Unit::TokensPerSecond, &Ok(rate))];
        Some(work("time of a token, measured", Unit::Seconds, "1 / decode rate", inputs, |[rate]| 1.0 / rate))
    }

    /// The time that a token may take: promised, or what the promised time of an answer leaves for it.
    fn promised_token_time(&self, first_token: &Term) -> Option<Term> {
        if let Some(promised) = self.target("per_token") {
            return Some(promised);
        }
        let whole = self.target("p95")?;
        let first = self.first_token().unwrap_or_else(|| first_token.clone());
        Some(work(
            "time left for a token",
            Unit::Seconds,
            "(promised answer − first token) / output",
            [
                ("promised answer", Unit::Seconds, &whole),
                ("first token", Unit::Seconds, &first),
                ("output", Unit::Tokens, &self.demand.output),
            ],
            |[whole, first, output]| ((whole - first) / output).max(0.0),
        ))
    }

    fn target(&self, name: &str) -> Option<Term> {
        let workload = self.view.field(&self.view.manifest(), "workload").ok()?;
        let target = self.view.field(&workload, "latency_target").ok().filter(|value| !matches!(value.data, Data::None))?;
        stated(self.view, &Ok(target), name, None).ok().map(Ok)
    }
}

struct Speed {
    decode_rate: Term,
    first_token: Term,
    answer: Term,
    /// Seconds that a request takes at the busiest time.
    seconds: Term,
    throughput: Result<(Figure, Limit), Gaps>,
}

impl Speed {
    fn unknown() -> Self {
        let missing = || Err(Gaps::default());
        Self {
            decode_rate: missing(),
            first_token: missing(),
            answer: missing(),
            seconds: missing(),
            throughput: Err(Gaps::default()),
        }
    }
}

/// A number rounded down, where a quotient that is whole but for the last bits of a double counts as whole.
fn whole(number: f64) -> f64 {
    (number * (1.0 + 1e-12)).floor()
}

/// Nine inputs and some more, as one array.
fn with<T: Copy, const MORE: usize, const ALL: usize>(nine: [T; 9], more: [T; MORE]) -> [T; ALL] {
    const { assert!(ALL == 9 + MORE) };
    std::array::from_fn(|at| if at < 9 { nine[at] } else { more[at - 9] })
}

/// The two arrays that [`with`] put together.
fn apart<const MORE: usize, const ALL: usize>(all: [f64; ALL]) -> ([f64; 9], [f64; MORE]) {
    const { assert!(ALL == 9 + MORE) };
    (std::array::from_fn(|at| all[at]), std::array::from_fn(|at| all[at + 9]))
}

fn product(name: &'static str, unit: Unit, each: (&'static str, Unit, &Term), count: &Term) -> Term {
    work(name, unit, "of one × number", [each, ("number", Unit::Count, count)], |[each, count]| each * count)
}

fn difference(name: &'static str, most: (&'static str, &Term), less: (&'static str, &Term), unit: Unit) -> Term {
    work(name, unit, "first − second", [(most.0, unit, most.1), (less.0, unit, less.1)], |[most, less]| most - less)
}

fn ratio(name: &'static str, asked: &Term, capacity: &Term) -> Term {
    work(
        name,
        Unit::Share,
        "tokens asked for / capacity",
        [("tokens asked for", Unit::TokensPerSecond, asked), ("capacity", Unit::TokensPerSecond, capacity)],
        |[asked, capacity]| if asked == 0.0 { 0.0 } else { asked / capacity },
    )
}
