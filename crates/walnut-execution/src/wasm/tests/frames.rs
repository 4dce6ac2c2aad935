//! Calls between applications: who vouches, who calls, what is kept, and in which order everything ends.

use walnut_base::{ApplicationId, MessageAction, MessageKind, PostedMessage};

use super::{
    apps::{App, id, id_at, image},
    world::{AppDesk, Frame, assert_trap, desk, frames, run, traces, try_run},
};
use crate::{
    ExecutionError,
    test_utils::{bundle, owner},
};

/// Reports, then calls `callee` as the first byte of the argument says, with the rest of it.
fn link(tag: char, callee: Option<ApplicationId>) -> App {
    let call = callee.map(|callee| {
        format!(
            "(if (local.get $n) (then (call $try-call-application (i32.load8_u (local.get $p)) {}
            (i32.add (local.get $p) (i32.const 1)) (i32.sub (local.get $n) (i32.const 1)) (i32.const 64))))",
            id(callee)
        )
    });
    let body = format!("(call $report (i32.const {})) {}", u32::from(tag), call.unwrap_or_default());
    App {
        operation: format!("{body} (call $answer (i32.const 0) (i32.const 0))"),
        message: body,
        finalize: format!("(call $report (i32.const {}))", u32::from(tag.to_ascii_lowercase())),
        ..App::default()
    }
}

fn chain(desk: &AppDesk) -> [ApplicationId; 3] {
    let c = link('C', None).install(desk);
    let b = link('B', Some(c)).install(desk);
    let a = link('A', Some(b)).install(desk);
    [a, b, c]
}

#[test]
fn a_callee_knows_who_vouches_only_along_authenticated_calls() {
    for (first, second) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        let mut desk = desk();
        let [a, b, _] = chain(&desk);
        let executed = run(&mut desk, a, &[first, second]);
        let signer = Some(owner(1));
        let frame = |tag, signer, caller| Frame { tag, signer, caller, origin: None };
        let expected = [
            frame('A', signer, None),
            frame('B', signer.filter(|_| first == 1), Some(a).filter(|_| first == 1)),
            frame('C', signer.filter(|_| first == 1 && second == 1), Some(b).filter(|_| second == 1)),
            // In the reverse order of their first calls, each on behalf of the action's signer.
            frame('c', signer, None),
            frame('b', signer, None),
            frame('a', signer, None),
        ];
        assert_eq!(frames(&executed), expected, "{first} {second}");
    }
}

/// The message's own signer vouches, not the block's; and every frame knows where the message comes from.
#[test]
fn a_message_is_known_in_every_frame() {
    let mut desk = desk();
    let [a, _, _] = chain(&desk);
    let message = PostedMessage {
        authenticated_signer: Some(owner(5)),
        ..crate::test_utils::posted(
            MessageKind::Simple,
            walnut_base::Message::User { application_id: a, bytes: vec![1, 0] },
        )
    };
    let executed = desk.execute(vec![bundle(8, MessageAction::Accept, vec![message])]).unwrap();
    let frames = frames(&executed);
    let origin = Some(walnut_base::ChainId(crate::test_utils::hash(8)));
    assert!(frames.iter().all(|frame| frame.origin == origin));
    let signers: Vec<_> = frames.iter().map(|frame| (frame.tag, frame.signer)).collect();
    let signer = Some(owner(5));
    assert_eq!(
        signers,
        [('A', signer), ('B', signer), ('C', None), ('c', signer), ('b', signer), ('a', signer)]
    );
}

/// Counts its calls in memory. The argument of the caller says how often it calls.
fn counter() -> App {
    App {
        operation: "(i32.store8 (i32.const 256) (i32.add (i32.load8_u (i32.const 256)) (i32.const 1)))
            (call $answer (i32.const 256) (i32.const 1))"
            .into(),
        finalize: "(call $trace (i32.const 256) (i32.const 1))".into(),
        ..App::default()
    }
}

#[test]
fn a_callee_keeps_its_memory_within_an_action_but_not_beyond() {
    let mut desk = desk();
    let callee = counter().install(&desk);
    let call = format!(
        "(call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))
        (call $trace (i32.load (i32.const 64)) (i32.load (i32.const 68)))",
        id(callee)
    );
    let operation = format!("{call}{call}{call} (call $answer (i32.const 0) (i32.const 1))");
    let caller = App { operation, ..App::default() }.install(&desk);
    for _ in 0..2 {
        let traces = traces(&run(&mut desk, caller, b""));
        let expected = [(caller, vec![1]), (caller, vec![2]), (caller, vec![3]), (callee, vec![3])];
        assert_eq!(traces, expected);
    }
}

#[test]
fn no_application_is_twice_on_the_stack() {
    let mut desk = desk();
    let back = format!(
        "(call $try-call-application (i32.const 1) {} (i32.const 0) (i32.const 0) (i32.const 64))
        (call $answer (i32.const 0) (i32.const 0))",
        id_at("(local.get $p)")
    );
    let b = App { operation: back.clone(), ..App::default() }.install(&desk);
    let forth = format!(
        "(call $try-call-application (i32.const 1) {} (local.get $p) (local.get $n) (i32.const 64))
        (call $answer (i32.const 0) (i32.const 0))",
        id(b)
    );
    let a = App { operation: forth, ..App::default() }.install(&desk);
    let argument = image(a.application_description_hash);
    assert_trap(try_run(&mut desk, a, &argument), &ExecutionError::ReentrantCall(a));
    // Itself.
    let argument = image(b.application_description_hash);
    assert_trap(try_run(&mut desk, b, &argument), &ExecutionError::ReentrantCall(b));
}

/// Reentrancy is checked before finalization: the application itself is on the stack.
#[test]
fn nobody_is_called_while_finalizing() {
    let mut desk = desk();
    let callee = counter().install(&desk);
    let call = |application_id| {
        format!(
            "(call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))",
            id(application_id)
        )
    };
    let caller = App { finalize: call(callee), ..App::default() }.install(&desk);
    let error = ExecutionError::CrossApplicationCallInFinalize {
        caller_id: Box::new(caller),
        callee_id: Box::new(callee),
    };
    assert_trap(try_run(&mut desk, caller, b""), &error);
}

/// Creates an application of `module` with three bytes of parameters and an argument.
fn create(module: &App) -> String {
    let module_id = module.module_id();
    format!(
        "(call $create-application {} {} (i32.const 0) (i32.const 1024) (i32.const 3) (i32.const 1027)
        (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 128))",
        super::apps::words(module_id.contract_blob_hash),
        super::apps::words(module_id.service_blob_hash),
    )
}

fn created() -> App {
    App {
        instantiate: "(call $report (i32.const 73))
            (call $trace (local.get $p) (local.get $n))
            (call $application-parameters (i32.const 64))
            (call $trace (i32.load (i32.const 64)) (i32.load (i32.const 68)))"
            .into(),
        finalize: "(call $report (i32.const 105))".into(),
        ..App::default()
    }
}

#[test]
fn an_application_that_is_created_is_called_on_the_creators_behalf() {
    let mut desk = desk();
    let module = created();
    module.store_module(&desk);
    let creator = App {
        operation: format!("{} (call $answer (i32.const 128) (i32.const 32))", create(&module)),
        data: vec![(1024, b"abcde".to_vec())],
        ..App::default()
    };
    let creator = creator.install(&desk);
    let block = desk.block(vec![super::world::call(creator, b"")]);
    let executed = desk.execute_with(&block, &[], None).unwrap();
    let new = ApplicationId::new(super::apps::hash_in(&executed.outcome.operation_results[0].0));
    let blob = &executed.outcome.blobs[0][0];
    assert_eq!(new.description_blob_id(), blob.id());
    let description: walnut_base::ApplicationDescription = bcs::from_bytes(blob.bytes()).unwrap();
    assert_eq!(description.creator_chain_id, desk.chain_id);
    assert_eq!(description.parameters, b"abc");
    let traced = traces(&executed);
    assert_eq!(traced[1], (new, b"de".to_vec()));
    assert_eq!(traced[2], (new, b"abc".to_vec()));
    let reports: Vec<_> = [0, 3]
        .map(|index| {
            let mut one = executed.clone();
            one.outcome.events = vec![vec![executed.outcome.events[0][index].clone()]];
            frames(&one).remove(0)
        })
        .into();
    let frame = |tag, caller| Frame { tag, signer: Some(owner(1)), caller, origin: None };
    assert_eq!(reports, [frame('I', Some(creator)), frame('i', None)]);
    // Bytecode and description of the creator were new to the chain, then the bytecode of what it created.
    let uses = executed.outcome.oracle_responses[0].len();
    assert_eq!(uses, 5);
}

#[test]
fn nothing_is_created_while_finalizing() {
    let mut desk = desk();
    let module = created();
    module.store_module(&desk);
    let creator = App { finalize: create(&module), ..App::default() }.install(&desk);
    let Err(ExecutionError::WasmError(reason)) = try_run(&mut desk, creator, b"") else {
        panic!("created while finalizing")
    };
    assert!(reason.contains("from `finalize`"), "{reason}");
}

/// A created application that calls its creator back finds it on the stack.
#[test]
fn creators_cannot_be_called_by_what_they_create() {
    let mut desk = desk();
    let module = App {
        instantiate: format!(
            "(call $authenticated-caller-id (i32.const 128))
            (call $try-call-application (i32.const 0) {} (i32.const 0) (i32.const 0) (i32.const 64))",
            id_at("(i32.const 136)")
        ),
        ..App::default()
    };
    module.store_module(&desk);
    let creator = App {
        operation: format!("{} (call $answer (i32.const 0) (i32.const 0))", create(&module)),
        ..App::default()
    };
    let creator = creator.install(&desk);
    assert_trap(try_run(&mut desk, creator, b""), &ExecutionError::ReentrantCall(creator));
}

/// The same action twice, on two desks, and once more with the recorded answers.
#[test]
fn an_action_comes_out_the_same_every_time() {
    let outcome = |replay: Option<&[Vec<walnut_base::OracleResponse>]>| {
        let mut desk = desk();
        let [a, _, _] = chain(&desk);
        let block = desk.block(vec![super::world::call(a, &[1, 0]), super::world::call(a, &[0, 1])]);
        desk.execute_with(&block, &[], replay).unwrap()
    };
    let first = outcome(None);
    assert_eq!(outcome(None), first);
    assert_eq!(outcome(Some(&first.outcome.oracle_responses)), first);
    assert!(first.resources.wasm_fuel > 0);
}
