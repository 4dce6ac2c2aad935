;; A notary: remembers when it first saw the hash of a document.
;;
;; No SDK, no compiler: the programming model of Linera is this interface. An application may import functions of
;; `linera:app/base-runtime-api` and `linera:app/contract-runtime-api`, and exports its memory, `cabi_realloc`, by
;; which the host gets room for what it passes in, and the entry points at the end of this file.
;;
;; Operation: the 32 bytes of a hash. Response: 16 bytes, height and timestamp (microseconds) of the block in which
;; the hash was first seen, each 8 bytes, little-endian. The same hash again changes nothing.
;;
;; Storage: `d` and the hash -> the 16 bytes of the response; `n` -> the number of documents, 8 bytes.
(module
  (import "linera:app/base-runtime-api" "get-block-height" (func $block_height (result i64)))
  (import "linera:app/base-runtime-api" "read-system-timestamp" (func $timestamp (result i64)))
  (import "linera:app/base-runtime-api" "log" (func $log (param i32 i32 i32)))
  ;; Reading has two halves, so that the host may fetch while the application goes on: ask with a key, get a number;
  ;; wait for that number, get an optional value: byte 0 says whether it is there, then pointer and length.
  (import "linera:app/base-runtime-api" "read-value-bytes-new" (func $read (param i32 i32) (result i32)))
  (import "linera:app/base-runtime-api" "read-value-bytes-wait" (func $read_wait (param i32 i32)))
  ;; Writes are a list of operations of 20 bytes: 2 for put, key (pointer, length), value (pointer, length).
  (import "linera:app/contract-runtime-api" "write-batch" (func $write (param i32 i32)))

  (memory (export "memory") 1)
  ;;   0  the document's key: `d`, then the hash
  ;;  64  an optional value, as read
  ;;  80  the response: height, timestamp
  ;;  96  the counter's key: `n`
  ;; 104  the counter
  ;; 112  two writes
  ;; 160  pointer and length of the response
  ;; 168  a text
  ;; 256  what `cabi_realloc` has to give
  (data (i32.const 0) "d")
  (data (i32.const 96) "n")
  ;; put, key at 0 with 33 bytes, value at 80 with 16
  (data (i32.const 112) "\02\00\00\00" "\00\00\00\00\21\00\00\00" "\50\00\00\00\10\00\00\00")
  ;; put, key at 96 with 1 byte, value at 104 with 8
  (data (i32.const 132) "\02\00\00\00" "\60\00\00\00\01\00\00\00" "\68\00\00\00\08\00\00\00")
  (data (i32.const 160) "\50\00\00\00\10\00\00\00")
  (data (i32.const 168) "the notary takes the 32 bytes of a hash")
  (global $free (mut i32) (i32.const 256))

  ;; Room for the host. Nothing is ever given back: an instance lives for one transaction.
  (func (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32) (param $size i32)
    (result i32)
    (local $start i32)
    (if (local.get $old) (then (unreachable))) ;; the host never asks for more of the same
    (local.set $start
      (i32.and
        (i32.add (global.get $free) (i32.sub (local.get $align) (i32.const 1)))
        (i32.sub (i32.const 0) (local.get $align))))
    (global.set $free (i32.add (local.get $start) (local.get $size)))
    (block $enough
      (loop $grow
        (br_if $enough (i32.le_u (global.get $free) (i32.shl (memory.size) (i32.const 16))))
        (br_if $grow (i32.ne (memory.grow (i32.const 1)) (i32.const -1)))
        (unreachable)))
    (local.get $start))

  ;; Reads a key into the optional value at 64.
  (func $get (param $key i32) (param $length i32) (result i32)
    (call $read_wait (call $read (local.get $key) (local.get $length)) (i32.const 64))
    (i32.load8_u (i32.const 64)))

  (func (export "linera:app/contract-entrypoints#execute-operation") (param $hash i32) (param $length i32)
    (result i32)
    (if (i32.ne (local.get $length) (i32.const 32))
      (then
        (call $log (i32.const 168) (i32.const 39) (i32.const 0))
        (unreachable)))
    (i64.store (i32.const 1) (i64.load (local.get $hash)))
    (i64.store (i32.const 9) (i64.load offset=8 (local.get $hash)))
    (i64.store (i32.const 17) (i64.load offset=16 (local.get $hash)))
    (i64.store (i32.const 25) (i64.load offset=24 (local.get $hash)))
    (if (call $get (i32.const 0) (i32.const 33))
      (then ;; seen before
        (i64.store (i32.const 80) (i64.load (i32.load (i32.const 68))))
        (i64.store (i32.const 88) (i64.load offset=8 (i32.load (i32.const 68)))))
      (else
        (i64.store (i32.const 80) (call $block_height))
        (i64.store (i32.const 88) (call $timestamp))
        (if (call $get (i32.const 96) (i32.const 1))
          (then (i64.store (i32.const 104) (i64.load (i32.load (i32.const 68))))))
        (i64.store (i32.const 104) (i64.add (i64.load (i32.const 104)) (i64.const 1)))
        (call $write (i32.const 112) (i32.const 2))))
    (i32.const 160))

  (func (export "linera:app/contract-entrypoints#instantiate") (param i32 i32))
  ;; The notary sends no messages and follows no streams.
  (func (export "linera:app/contract-entrypoints#execute-message") (param i32 i32) (unreachable))
  (func (export "linera:app/contract-entrypoints#process-streams") (param i32 i32) (unreachable))
  ;; Everything is written already.
  (func (export "linera:app/contract-entrypoints#finalize")))
