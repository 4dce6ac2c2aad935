//! One instance of a module, run step by step.
//!
//! A call into the application goes on until it returns or until the application asks for something; then the engine's
//! stack is set aside and the question handed out. The answer is put into the application's memory, for which its
//! allocator is called, which may ask questions itself, whose answers need the allocator again.

use std::{any::TypeId, cell::Cell, fmt};

use wasmi::{
    AsContextMut, Caller, Error, Func, Global, Instance, ResumableCall, ResumableCallHostTrap,
    ResumableCallOutOfFuel, TrapCode, Val,
    errors::{ErrorKind, HostError, InstantiationError, MemoryError, TableError},
};

use crate::{
    Answer, EntryPoint, HostCall, MemoryBudget, Module, ModuleKind, Trap,
    budget::Share,
    limits,
    wit::{AbiError, Load, Memory, Place, Script, ScriptStep},
};

/// How far a machine has come.
#[allow(
    clippy::large_enum_variant,
    reason = "a question is moved a few times, and nearly every step is one; on wasm32 it is not large"
)]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Step {
    /// The application asks; [`Machine::resume`] goes on.
    Host(HostCall),
    /// A service has taken the steps it was given; [`Machine::go_on`] goes on.
    Tired,
    /// The entry point has returned, with bytes if it is one that returns bytes.
    Done(Option<Vec<u8>>),
}

/// An instance of a module with memory of its own. After an error it is good for nothing.
pub struct Machine {
    store: wasmi::Store<Guest>,
    instance: Instance,
    kind: ModuleKind,
    paused: Option<(Call, Waiting)>,
    tired: Option<(ResumableCallOutOfFuel, Purpose)>,
    /// Host functions whose answers are on their way into memory.
    answering: usize,
}

impl fmt::Debug for Machine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut machine = formatter.debug_struct("Machine");
        machine.field("kind", &self.kind).field("paused", &self.paused.is_some()).finish()
    }
}

/// What host functions see of their machine.
pub(crate) struct Guest {
    memory: Option<wasmi::Memory>,
    pause: Option<(HostCall, Waiting)>,
    /// What was given and is not known to be used.
    fuel_left: u64,
    fuel_used: u64,
    variables: Option<FuelVariables>,
    share: Share,
}

/// Where a contract counts by itself: what is left, and the cost that was too much.
#[derive(Clone, Copy)]
struct FuelVariables {
    left: Global,
    excess: Global,
}

/// What a question waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    /// Where the answer goes if it is more than one number.
    pub(crate) result_room: Option<u32>,
    pub(crate) answer_type: TypeId,
}

/// Why a host function did not return.
#[derive(Debug)]
pub(crate) enum Stop {
    Paused,
    OutOfFuel,
    Abi(AbiError),
}

impl fmt::Display for Stop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Stop::Paused => formatter.write_str("paused"),
            Stop::OutOfFuel => formatter.write_str("out of fuel"),
            Stop::Abi(error) => error.fmt(formatter),
        }
    }
}

impl HostError for Stop {}

impl Guest {
    /// The exported memory. Every host function needs it, even those that do not touch it.
    pub(crate) fn memory(&self) -> Result<wasmi::Memory, Stop> {
        self.memory.ok_or(Stop::Abi(AbiError::MissingMemory))
    }

    pub(crate) fn pause(&mut self, call: HostCall, waiting: Waiting) {
        self.pause = Some((call, waiting));
    }
}

/// The contract uses fuel by a call, also the last bit that is too much.
pub(crate) fn burn(caller: &mut Caller<'_, Guest>, fuel: u64) -> Result<(), Stop> {
    caller.data().memory()?;
    if let Some(variables) = caller.data().variables {
        count_down(&mut *caller, variables);
    }
    let guest = caller.data_mut();
    guest.fuel_used = guest.fuel_used.saturating_add(fuel);
    guest.fuel_left = guest.fuel_left.checked_sub(fuel).ok_or(Stop::OutOfFuel)?;
    if let Some(variables) = guest.variables {
        let left = Val::I64(guest.fuel_left.cast_signed());
        variables.left.set(&mut *caller, left).map_err(|_| Stop::Abi(AbiError::UnexpectedType))?;
    }
    Ok(())
}

/// Takes note of what a contract has counted down.
fn count_down(mut store: impl AsContextMut<Data = Guest>, variables: FuelVariables) {
    let left = variables.left.get(&store).i64().map_or(0, i64::cast_unsigned);
    let mut store = store.as_context_mut();
    let guest = store.data_mut();
    guest.fuel_used = guest.fuel_used.saturating_add(guest.fuel_left.saturating_sub(left));
    guest.fuel_left = left;
}

/// A call into the application that was interrupted by a question.
struct Call {
    invocation: ResumableCallHostTrap,
    purpose: Purpose,
}

/// What a call into the application is for.
enum Purpose {
    /// An entry point.
    Entry { returns_bytes: bool },
    /// A room for a value.
    Room(Lowering),
}

/// A value on its way into the application's memory.
struct Lowering {
    script: Script,
    next: usize,
    rooms: Vec<u32>,
    then: Then,
}

/// What follows when the value is there.
enum Then {
    /// A host function returns.
    Resume(Box<Call>),
    /// An entry point is called with the address of the first room and this length.
    Enter { function: Func, length: i32, returns_bytes: bool },
}

/// What the engine reported.
struct Report {
    outcome: Result<ResumableCall, Error>,
    outputs: Vec<Val>,
    purpose: Purpose,
}

const ALLOCATOR: &str = "cabi_realloc";

impl Machine {
    /// Instantiates a module. No code runs, no fuel is used.
    pub fn new(module: &Module) -> Result<Self, Trap> {
        Self::sharing(module, &MemoryBudget::default())
    }

    /// As [`Machine::new`], for a machine that shares memory with others.
    pub fn sharing(module: &Module, budget: &MemoryBudget) -> Result<Self, Trap> {
        let loaded = &*module.0;
        let guest = Guest {
            memory: None,
            pause: None,
            fuel_left: 0,
            fuel_used: 0,
            variables: None,
            share: Share::new(budget),
        };
        let mut store = wasmi::Store::new(loaded.module.engine(), guest);
        store.limiter(|guest| &mut guest.share);
        let instance = loaded
            .linker
            .instantiate_and_start(&mut store, &loaded.module)
            .map_err(|error| local_trap(&error).unwrap_or_else(|| Trap::Instantiate(error.to_string())))?;
        store.data_mut().memory = instance.get_memory(&store, "memory");
        if let Some(variables) = &loaded.variables {
            let variable = |name: &str| instance.get_global(&store, name);
            let found = variable(&variables.left).zip(variable(&variables.excess));
            let (left, excess) = found.expect("loading has exported both");
            store.data_mut().variables = Some(FuelVariables { left, excess });
        }
        Ok(Self { store, instance, kind: loaded.kind, paused: None, tired: None, answering: 0 })
    }

    /// Calls an entry point. A contract may use `fuel` until it next pauses; a service takes so many steps.
    pub fn enter(&mut self, entry: &EntryPoint, fuel: u64) -> Result<Step, Trap> {
        let name = entry.export_name();
        if entry.kind() != self.kind {
            return Err(Trap::FunctionNotFound(name));
        }
        self.refuel(fuel);
        let returns_bytes = entry.returns_bytes();
        let function = self.function(name)?;
        let report = match entry.argument() {
            None => self.call(function, &[], Purpose::Entry { returns_bytes }, name)?,
            Some((argument, length)) => {
                let length = i32::try_from(length).map_err(|_| AbiError::AllocationTooLarge)?;
                let then = Then::Enter { function, length, returns_bytes };
                self.lower(Lowering { script: argument.0, next: 0, rooms: vec![0], then })?
            }
        };
        self.run(report)
    }

    /// Answers the question the machine is paused at. `fuel` is as for [`Machine::enter`].
    pub fn resume(&mut self, answer: Answer, fuel: u64) -> Result<Step, Trap> {
        let (call, waiting) = self.paused.take().ok_or(Trap::WrongAnswer("nothing was asked"))?;
        if answer.type_id != waiting.answer_type {
            return Err(Trap::WrongAnswer("the answer has another type"));
        }
        self.refuel(fuel);
        let report = match (waiting.result_room, answer.direct) {
            (None, direct) => self.return_from_host(call, direct.as_slice()),
            (Some(room), _) => {
                if self.answering >= limits::MAX_NESTED_ANSWERS {
                    return Err(Trap::NestedHostCalls);
                }
                self.answering += 1;
                let then = Then::Resume(Box::new(call));
                self.lower(Lowering { script: answer.script, next: 0, rooms: vec![room], then })?
            }
        };
        self.run(report)
    }

    /// Lets a service that was stopped after some steps take more.
    pub fn go_on(&mut self, steps: u64) -> Result<Step, Trap> {
        let (invocation, purpose) = self.tired.take().ok_or(Trap::WrongAnswer("nobody is tired"))?;
        // A step may be a large one, such as filling a memory.
        self.refuel(steps.max(invocation.required_fuel()));
        let mut outputs = purpose.outputs();
        let outcome = invocation.resume(&mut self.store, &mut outputs);
        self.run(Report { outcome, outputs, purpose })
    }

    /// The fuel used, or the steps taken, since they were last taken.
    pub fn take_fuel(&mut self) -> u64 {
        self.count();
        std::mem::take(&mut self.store.data_mut().fuel_used)
    }

    /// Gives a contract its fuel, and a service its steps, which the engine counts.
    fn refuel(&mut self, fuel: u64) {
        self.count();
        let has_memory = self.kind == ModuleKind::Service || self.memory().is_ok();
        let fuel = if has_memory { fuel } else { 0 };
        self.store.data_mut().fuel_left = fuel;
        if let Some(variables) = self.store.data().variables {
            let fuel = Val::I64(fuel.cast_signed());
            variables.left.set(&mut self.store, fuel).expect("it is a variable of this type");
        }
        if self.kind == ModuleKind::Service {
            self.store.set_fuel(fuel).expect("the engine of services counts steps");
        }
    }

    fn count(&mut self) {
        if let Some(variables) = self.store.data().variables {
            count_down(&mut self.store, variables);
        }
        if self.kind == ModuleKind::Service {
            let left = self.store.get_fuel().expect("the engine of services counts steps");
            let guest = self.store.data_mut();
            guest.fuel_used = guest.fuel_used.saturating_add(guest.fuel_left.saturating_sub(left));
            guest.fuel_left = left;
        }
    }

    /// Whether the contract has stopped itself because something cost more than was left. That counts as used.
    fn is_out_of_fuel(&mut self) -> bool {
        let Some(variables) = self.store.data().variables else { return false };
        let excess = variables.excess.get(&self.store).i64().map_or(0, i64::cast_unsigned);
        let guest = self.store.data_mut();
        guest.fuel_used = guest.fuel_used.saturating_add(excess);
        excess > 0
    }

    fn run(&mut self, mut report: Report) -> Result<Step, Trap> {
        loop {
            match report.outcome {
                Ok(ResumableCall::Finished) => match report.purpose {
                    Purpose::Entry { returns_bytes: false } => return Ok(Step::Done(None)),
                    Purpose::Entry { returns_bytes: true } => {
                        let bytes = self.load_result(address(&report.outputs)?)?;
                        return Ok(Step::Done(Some(bytes)));
                    }
                    Purpose::Room(mut lowering) => {
                        let room = address(&report.outputs).map_err(|_| AbiError::AllocationFailed)?;
                        lowering.rooms.push(room);
                        report = self.lower(lowering)?;
                    }
                },
                Ok(ResumableCall::HostTrap(invocation)) => {
                    return self.pause(Call { invocation, purpose: report.purpose });
                }
                Ok(ResumableCall::OutOfFuel(invocation)) => {
                    self.tired = Some((invocation, report.purpose));
                    return Ok(Step::Tired);
                }
                Err(error) => return Err(self.trap(&error)),
            }
        }
    }

    fn trap(&mut self, error: &Error) -> Trap {
        match local_trap(error) {
            Some(trap) => trap,
            None if !self.is_out_of_fuel() => Trap::Execute(error.to_string()),
            // Metering needs the memory as every host function does.
            None if self.memory().is_err() => AbiError::MissingMemory.into(),
            None => Trap::OutOfFuel,
        }
    }

    fn pause(&mut self, call: Call) -> Result<Step, Trap> {
        match call.invocation.host_error().downcast_ref() {
            Some(Stop::Paused) => {}
            Some(Stop::OutOfFuel) => return Err(Trap::OutOfFuel),
            Some(Stop::Abi(error)) => return Err((*error).into()),
            None => return Err(Trap::Execute(call.invocation.host_error().to_string())),
        }
        let (host_call, waiting) =
            self.store.data_mut().pause.take().ok_or(Trap::WrongAnswer("no question"))?;
        self.paused = Some((call, waiting));
        Ok(Step::Host(host_call))
    }

    /// Puts a value into memory, until a room is needed or everything is there.
    fn lower(&mut self, mut lowering: Lowering) -> Result<Report, Trap> {
        while let Some(step) = lowering.script.steps.get(lowering.next) {
            lowering.next += 1;
            match step {
                ScriptStep::Write(place, range) => {
                    let bytes = lowering.script.data.get(range.clone()).ok_or(AbiError::OutOfBounds)?;
                    self.write(&lowering.rooms, *place, bytes)?;
                }
                ScriptStep::WriteAddress(place, room) => {
                    let address = room_address(&lowering.rooms, *room)?;
                    self.write(&lowering.rooms, *place, &address.to_le_bytes())?;
                }
                ScriptStep::Allocate { align, size } => {
                    let size = i32::try_from(*size).map_err(|_| AbiError::AllocationTooLarge)?;
                    let parameters = [0, 0, align.cast_signed(), size].map(Val::I32);
                    let allocator = self.function(ALLOCATOR)?;
                    return self.call(allocator, &parameters, Purpose::Room(lowering), ALLOCATOR);
                }
            }
        }
        match lowering.then {
            Then::Resume(call) => {
                self.answering -= 1;
                Ok(self.return_from_host(*call, &[]))
            }
            Then::Enter { function, length, returns_bytes } => {
                let address = lowering.rooms.get(1).ok_or(AbiError::AllocationFailed)?;
                let parameters = [Val::I32(address.cast_signed()), Val::I32(length)];
                self.call(function, &parameters, Purpose::Entry { returns_bytes }, "entry point")
            }
        }
    }

    fn return_from_host(&mut self, call: Call, results: &[Val]) -> Report {
        let mut outputs = call.purpose.outputs();
        let outcome = call.invocation.resume(&mut self.store, results, &mut outputs);
        Report { outcome, outputs, purpose: call.purpose }
    }

    fn function(&self, name: &'static str) -> Result<Func, Trap> {
        self.instance.get_func(&self.store, name).ok_or(Trap::FunctionNotFound(name))
    }

    /// Calls a function whose type must be that of the parameters and of the purpose's outputs.
    fn call(
        &mut self,
        function: Func,
        parameters: &[Val],
        purpose: Purpose,
        name: &'static str,
    ) -> Result<Report, Trap> {
        let mut outputs = purpose.outputs();
        let types = function.ty(&self.store);
        let fits = types.params().iter().copied().eq(parameters.iter().map(Val::ty))
            && types.results().iter().copied().eq(outputs.iter().map(Val::ty));
        if !fits {
            return Err(Trap::FunctionNotFound(name));
        }
        let outcome = function.call_resumable(&mut self.store, parameters, &mut outputs);
        Ok(Report { outcome, outputs, purpose })
    }

    fn memory(&self) -> Result<wasmi::Memory, AbiError> {
        self.store.data().memory.ok_or(AbiError::MissingMemory)
    }

    /// Reads the address and the length of what an entry point returned, then that. It is never given back: doing so
    /// would run the application's code and use fuel.
    fn load_result(&self, address: u32) -> Result<Vec<u8>, AbiError> {
        let left = Cell::new(limits::MAX_QUESTION_BYTES);
        Vec::load(Memory::new(self.memory()?.data(&self.store), &left), address)
    }

    fn write(&mut self, rooms: &[u32], place: Place, bytes: &[u8]) -> Result<(), AbiError> {
        let address = place.address(room_address(rooms, place.room)?).ok_or(AbiError::OutOfBounds)?;
        let address = usize::try_from(address).map_err(|_| AbiError::OutOfBounds)?;
        self.memory()?.write(&mut self.store, address, bytes).map_err(|_| AbiError::OutOfBounds)
    }
}

impl Purpose {
    /// Room for what the call returns.
    fn outputs(&self) -> Vec<Val> {
        match self {
            Purpose::Entry { returns_bytes: false } => Vec::new(),
            Purpose::Entry { returns_bytes: true } | Purpose::Room(_) => vec![Val::I32(0)],
        }
    }
}

fn room_address(rooms: &[u32], room: u32) -> Result<u32, AbiError> {
    usize::try_from(room).ok().and_then(|room| rooms.get(room)).copied().ok_or(AbiError::OutOfBounds)
}

/// The address that a function returned.
fn address(outputs: &[Val]) -> Result<u32, AbiError> {
    match outputs {
        [Val::I32(address)] => u32::try_from(*address).map_err(|_| AbiError::InvalidNumber),
        _ => Err(AbiError::UnexpectedType),
    }
}

/// Errors that another node need not see.
fn local_trap(error: &Error) -> Option<Trap> {
    use InstantiationError::{FailedToInstantiateMemory, FailedToInstantiateTable};
    match error.kind() {
        ErrorKind::TrapCode(TrapCode::GrowthOperationLimited | TrapCode::OutOfSystemMemory)
        | ErrorKind::Instantiation(FailedToInstantiateMemory(
            MemoryError::ResourceLimiterDeniedAllocation | MemoryError::OutOfSystemMemory,
        ))
        | ErrorKind::Instantiation(FailedToInstantiateTable(
            TableError::ResourceLimiterDeniedAllocation | TableError::OutOfSystemMemory,
        )) => Some(Trap::OutOfMemory),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
