;; Schedules what it is asked as an operation, unread.
(module
  (import "linera:app/service-runtime-api" "schedule-operation" (func $schedule (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\02\00\00\00{}")
  (global $free (mut i32) (i32.const 16))

  ;; Room for the host; a question is short.
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
    (result i32)
    (local $start i32)
    (local.set $start
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $start) (local.get $size)))
    (local.get $start))

  (func (export "linera:app/service-entrypoints#handle-query") (param $question i32) (param $length i32)
    (result i32)
    (call $schedule (local.get $question) (local.get $length))
    (i32.const 0)))
