;; Answers what the notary has seen. Not a GraphQL parser: it looks for 64 hexadecimal digits in a row, which are a
;; document, and for the word `mutation`.
;;
;;   without a document           {"data":{"count":3}}
;;   with one that was seen       {"data":{"document":{"height":7,"timestamp":1700000000000000}}}
;;   with one that was not        {"data":{"document":null}}
;;   mutation with a document     {"data":{"notarize":true}}, and the operation is scheduled
(module
  (import "linera:app/base-runtime-api" "read-value-bytes-new" (func $read (param i32 i32) (result i32)))
  (import "linera:app/base-runtime-api" "read-value-bytes-wait" (func $read_wait (param i32 i32)))
  (import "linera:app/service-runtime-api" "schedule-operation" (func $schedule (param i32 i32)))

  (memory (export "memory") 1)
  ;;   0  the document's key: `d`, then the hash
  ;;  64  an optional value, as read
  ;;  80  pointer and length of the answer
  ;;  96  the counter's key: `n`
  ;; 128  the answer
  ;; 256  its parts
  ;; 512  what `cabi_realloc` has to give
  (data (i32.const 0) "d")
  (data (i32.const 96) "n")
  (data (i32.const 256) "{\"data\":{\"count\":")              ;; 17 bytes
  (data (i32.const 288) "{\"data\":{\"document\":null}}")     ;; 26 bytes
  (data (i32.const 320) "{\"data\":{\"document\":{\"height\":") ;; 30 bytes
  (data (i32.const 352) ",\"timestamp\":")                     ;; 13 bytes
  (data (i32.const 368) "}}}")
  (data (i32.const 384) "{\"data\":{\"notarize\":true}}")     ;; 26 bytes
  (global $free (mut i32) (i32.const 512))
  (global $end (mut i32) (i32.const 128)) ;; of the answer so far

  ;; Room for the host.
  (func $realloc (export "cabi_realloc") (param $old i32) (param $old_size i32) (param $align i32)
    (param $size i32) (result i32)
    (local $start i32)
    (if (local.get $old) (then (unreachable)))
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

  ;; One byte of the answer.
  (func $byte (param $byte i32)
    (i32.store8 (global.get $end) (local.get $byte))
    (global.set $end (i32.add (global.get $end) (i32.const 1))))

  ;; A text of the answer.
  (func $text (param $start i32) (param $length i32)
    (loop $next
      (if (local.get $length)
        (then
          (call $byte (i32.load8_u (local.get $start)))
          (local.set $start (i32.add (local.get $start) (i32.const 1)))
          (local.set $length (i32.sub (local.get $length) (i32.const 1)))
          (br $next)))))

  ;; A number of the answer, in decimal: first all digits but the last.
  (func $number (param $number i64)
    (if (i64.ge_u (local.get $number) (i64.const 10))
      (then (call $number (i64.div_u (local.get $number) (i64.const 10)))))
    (call $byte
      (i32.add (i32.const 48) (i32.wrap_i64 (i64.rem_u (local.get $number) (i64.const 10))))))

  ;; The value of a hexadecimal digit; 16 for other characters.
  (func $digit (param $character i32) (result i32)
    (if (i32.lt_u (i32.sub (local.get $character) (i32.const 48)) (i32.const 10))
      (then (return (i32.sub (local.get $character) (i32.const 48)))))
    (local.set $character (i32.or (local.get $character) (i32.const 32))) ;; small letter
    (if (i32.lt_u (i32.sub (local.get $character) (i32.const 97)) (i32.const 6))
      (then (return (i32.sub (local.get $character) (i32.const 87)))))
    (i32.const 16))

  ;; Puts the first 64 hexadecimal digits in a row into the document's key; says whether there are so many.
  (func $find_document (param $at i32) (param $end i32) (result i32)
    (local $run i32) (local $digit i32) (local $place i32)
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (i32.const 0))))
      (local.set $digit (call $digit (i32.load8_u (local.get $at))))
      (if (i32.eq (local.get $digit) (i32.const 16))
        (then (local.set $run (i32.const 0)))
        (else
          (local.set $place (i32.add (i32.const 1) (i32.shr_u (local.get $run) (i32.const 1))))
          (i32.store8 (local.get $place)
            (i32.add (i32.shl (i32.load8_u (local.get $place)) (i32.const 4)) (local.get $digit)))
          (local.set $run (i32.add (local.get $run) (i32.const 1)))
          (if (i32.eq (local.get $run) (i32.const 64)) (then (return (i32.const 1))))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  ;; Whether the eight letters `mutation` occur, as one number.
  (func $is_mutation (param $at i32) (param $end i32) (result i32)
    (loop $next
      (if (i32.gt_u (i32.add (local.get $at) (i32.const 8)) (local.get $end)) (then (return (i32.const 0))))
      (if (i64.eq (i64.load (local.get $at)) (i64.const 0x6e6f69746174756d)) (then (return (i32.const 1))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next))
    (unreachable))

  (func $answer (param $query i32) (param $end i32)
    (if (i32.eqz (call $find_document (local.get $query) (local.get $end)))
      (then
        (call $text (i32.const 256) (i32.const 17))
        (call $number
          (if (result i64) (call $get (i32.const 96) (i32.const 1))
            (then (i64.load (i32.load (i32.const 68))))
            (else (i64.const 0))))
        (call $text (i32.const 368) (i32.const 2))
        (return)))
    (if (call $is_mutation (local.get $query) (local.get $end))
      (then
        (call $schedule (i32.const 1) (i32.const 32))
        (call $text (i32.const 384) (i32.const 26))
        (return)))
    (if (i32.eqz (call $get (i32.const 0) (i32.const 33)))
      (then
        (call $text (i32.const 288) (i32.const 26))
        (return)))
    (call $text (i32.const 320) (i32.const 30))
    (call $number (i64.load (i32.load (i32.const 68))))
    (call $text (i32.const 352) (i32.const 13))
    (call $number (i64.load offset=8 (i32.load (i32.const 68))))
    (call $text (i32.const 368) (i32.const 3)))

  (func (export "linera:app/service-entrypoints#handle-query") (param $query i32) (param $length i32)
    (result i32)
    (global.set $end (i32.const 128))
    (call $answer (local.get $query) (i32.add (local.get $query) (local.get $length)))
    (i32.store (i32.const 80) (i32.const 128))
    (i32.store (i32.const 84) (i32.sub (global.get $end) (i32.const 128)))
    (i32.const 80)))
