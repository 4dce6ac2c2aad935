;; Sends an empty message to the chain named by the operation, and counts the messages that arrive.
;;
;; Operation: the 32 bytes of a chain's name, each 8 of them in reverse, as the host lays out a hash in memory.
;; Storage: `n` -> the number of messages, 8 bytes, little-endian.
(module
  (import "linera:app/base-runtime-api" "read-value-bytes-new" (func $read (param i32 i32) (result i32)))
  (import "linera:app/base-runtime-api" "read-value-bytes-wait" (func $read_wait (param i32 i32)))
  (import "linera:app/contract-runtime-api" "write-batch" (func $write (param i32 i32)))
  (import "linera:app/contract-runtime-api" "send-message" (func $send (param i32)))

  (memory (export "memory") 1)
  ;;   0  the counter's key: `n`
  ;;   8  the counter
  ;;  16  an optional value, as read
  ;;  32  one write: put, key at 0 with 1 byte, value at 8 with 8
  ;;  64  the request to send: destination, flags (33 and 34), grant at 104, message at 176: pointer and length
  ;; 184  an empty response
  ;; 256  what `cabi_realloc` has to give
  (data (i32.const 0) "n")
  (data (i32.const 32) "\02\00\00\00" "\00\00\00\00\01\00\00\00" "\08\00\00\00\08\00\00\00")
  (data (i32.const 97) "\01")
  (data (i32.const 184) "\b8\00\00\00\00\00\00\00")
  (global $free (mut i32) (i32.const 256))

  (func (export "cabi_realloc") (param i32 i32) (param $align i32) (param $size i32) (result i32)
    (local $start i32)
    (local.set $start
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $start) (local.get $size)))
    (local.get $start))

  (func (export "linera:app/contract-entrypoints#instantiate") (param i32 i32))

  (func (export "linera:app/contract-entrypoints#execute-operation") (param $chain i32) (param $length i32)
    (result i32)
    (if (i32.ne (local.get $length) (i32.const 32)) (then (unreachable)))
    ;; Validators refuse `memory.copy`.
    (i64.store (i32.const 64) (i64.load (local.get $chain)))
    (i64.store (i32.const 72) (i64.load offset=8 (local.get $chain)))
    (i64.store (i32.const 80) (i64.load offset=16 (local.get $chain)))
    (i64.store (i32.const 88) (i64.load offset=24 (local.get $chain)))
    (call $send (i32.const 64))
    (i32.const 184))

  (func (export "linera:app/contract-entrypoints#execute-message") (param i32 i32)
    (call $read_wait (call $read (i32.const 0) (i32.const 1)) (i32.const 16))
    (if (i32.load8_u (i32.const 16))
      (then (i64.store (i32.const 8) (i64.load (i32.load (i32.const 20))))))
    (i64.store (i32.const 8) (i64.add (i64.load (i32.const 8)) (i64.const 1)))
    (call $write (i32.const 32) (i32.const 1)))

  (func (export "linera:app/contract-entrypoints#process-streams") (param i32 i32) (unreachable))
  (func (export "linera:app/contract-entrypoints#finalize")))
