//! Tasks, alarms and pretend time on one thread.
//!
//! One step polls one task that is ready, drawn at random; when none is, the clock jumps to the next alarm. Tasks belong
//! to groups, and a group can be killed between any two steps.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use crate::random::Random;

/// A set of tasks that die together.
pub type Group = u32;

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Tasks that were woken since the last step.
type Woken = Arc<Mutex<Vec<u64>>>;

struct Task {
    group: Group,
    /// None while it is polled.
    work: Option<Work>,
    bell: Arc<Bell>,
}

/// Wakes one task, once until it is polled.
struct Bell {
    task: u64,
    has_rung: AtomicBool,
    woken: Woken,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.has_rung.swap(true, Ordering::Relaxed) {
            self.woken.lock().unwrap_or_else(PoisonError::into_inner).push(self.task);
        }
    }
}

enum Alarm {
    Wake(Waker),
    Run(Box<dyn FnOnce()>),
}

/// See the module.
pub struct Executor {
    tasks: RefCell<BTreeMap<u64, Task>>,
    ready: RefCell<Vec<u64>>,
    woken: Woken,
    alarms: RefCell<BTreeMap<(u64, u64), Alarm>>,
    count: Cell<u64>,
    groups: Cell<Group>,
    now: Cell<u64>,
    random: Random,
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It polled that task.
    Polled(u64),
    /// The clock went on to an alarm.
    Alarmed,
    /// Nothing is left to do, ever.
    Idle,
}

impl Executor {
    /// Nothing to do, at that time in microseconds.
    pub fn new(now: u64, random: Random) -> Rc<Self> {
        Rc::new(Self {
            tasks: RefCell::default(),
            ready: RefCell::default(),
            woken: Arc::default(),
            alarms: RefCell::default(),
            count: Cell::new(0),
            groups: Cell::new(0),
            now: Cell::new(now),
            random,
        })
    }

    /// The pretend time, in microseconds.
    pub fn now(&self) -> u64 {
        self.now.get()
    }

    /// A group without tasks.
    pub fn group(&self) -> Group {
        self.groups.set(self.groups.get() + 1);
        self.groups.get()
    }

    fn number(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    /// Starts a task.
    pub fn spawn(&self, group: Group, work: impl Future<Output = ()> + 'static) {
        let number = self.number();
        let bell = Bell { task: number, has_rung: AtomicBool::new(true), woken: Arc::clone(&self.woken) };
        let task = Task { group, work: Some(Box::pin(work)), bell: Arc::new(bell) };
        self.tasks.borrow_mut().insert(number, task);
        self.ready.borrow_mut().push(number);
    }

    /// Drops all tasks of a group. Not for the group of the task that calls it.
    pub fn kill(&self, group: Group) {
        let killed = {
            let mut tasks = self.tasks.borrow_mut();
            let numbers = tasks.iter().filter(|(_, task)| task.group == group).map(|(number, _)| *number);
            let numbers = numbers.collect::<Vec<_>>();
            numbers.into_iter().filter_map(|number| tasks.remove(&number)).collect::<Vec<_>>()
        };
        drop(killed);
    }

    /// Runs something at a time.
    pub fn at(&self, time: u64, work: impl FnOnce() + 'static) {
        let key = (time.max(self.now()), self.number());
        self.alarms.borrow_mut().insert(key, Alarm::Run(Box::new(work)));
    }

    /// Waits until the time has come.
    pub fn sleep_until(self: &Rc<Self>, time: u64) -> Sleep {
        Sleep { executor: Rc::clone(self), time, key: None }
    }

    /// Waits for so many microseconds.
    pub fn sleep(self: &Rc<Self>, micros: u64) -> Sleep {
        self.sleep_until(self.now().saturating_add(micros))
    }

    /// Drops everything. Tasks hold the executor through their sleeps: without this, a run would never be freed.
    pub fn clear(&self) {
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        drop(tasks);
        let alarms = std::mem::take(&mut *self.alarms.borrow_mut());
        drop(alarms);
    }

    /// Does one thing.
    pub fn step(&self) -> Step {
        let number = {
            let mut ready = self.ready.borrow_mut();
            ready.append(&mut self.woken.lock().unwrap_or_else(PoisonError::into_inner));
            match ready.is_empty() {
                true => None,
                false => {
                    let index = self.random.index(ready.len());
                    Some(ready.swap_remove(index))
                }
            }
        };
        match number {
            Some(number) => {
                self.poll(number);
                Step::Polled(number)
            }
            None => self.alarm(),
        }
    }

    fn poll(&self, number: u64) {
        let (mut work, bell) = {
            let mut tasks = self.tasks.borrow_mut();
            let Some(task) = tasks.get_mut(&number) else { return };
            let Some(work) = task.work.take() else { return };
            (work, Arc::clone(&task.bell))
        };
        bell.has_rung.store(false, Ordering::Relaxed);
        let waker = Waker::from(bell);
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => {
                let task = self.tasks.borrow_mut().remove(&number);
                drop(task);
            }
            Poll::Pending => {
                let unwanted = match self.tasks.borrow_mut().get_mut(&number) {
                    Some(task) => {
                        task.work = Some(work);
                        None
                    }
                    None => Some(work),
                };
                drop(unwanted);
            }
        }
    }

    fn alarm(&self) -> Step {
        let Some(((time, _), alarm)) = self.alarms.borrow_mut().pop_first() else { return Step::Idle };
        self.now.set(time.max(self.now()));
        match alarm {
            Alarm::Wake(waker) => waker.wake(),
            Alarm::Run(work) => work(),
        }
        Step::Alarmed
    }
}

/// A wait for a time.
pub struct Sleep {
    executor: Rc<Executor>,
    time: u64,
    key: Option<(u64, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.executor.now() >= self.time {
            return Poll::Ready(());
        }
        let key = match self.key {
            Some(key) => key,
            None => (self.time, self.executor.number()),
        };
        self.key = Some(key);
        self.executor.alarms.borrow_mut().insert(key, Alarm::Wake(context.waker().clone()));
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key.take() {
            let alarm = self.executor.alarms.borrow_mut().remove(&key);
            drop(alarm);
        }
    }
}

/// Lets other tasks go first, so that a kill can come between.
pub async fn pause() {
    let mut has_paused = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut has_paused, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
