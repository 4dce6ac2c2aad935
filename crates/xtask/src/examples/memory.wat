;; `memory.copy` and `memory.fill` for contracts, eight bytes at a time.
;;
;; They take the place of the functions that wasm-opt puts in for those instructions, which go byte by byte. An
;; application spends half of its fuel there, and fuel is money.
;;
;; Like the instructions they trap when a range leaves the memory, if only when they get there: no one sees the
;; memory of an application that has trapped.

(func $__memory_copy (param $to i32) (param $from i32) (param $size i32)
  (local $end i32)
  ;; Forwards, unless the destination begins inside the source. As an unsigned difference this covers `to < from`.
  (if (i32.ge_u (i32.sub (local.get $to) (local.get $from)) (local.get $size))
    (then
      (local.set $end (i32.add (local.get $to) (i32.and (local.get $size) (i32.const -8))))
      (loop $words
        (if (i32.ne (local.get $to) (local.get $end))
          (then
            (i64.store align=1 (local.get $to) (i64.load align=1 (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 8)))
            (local.set $from (i32.add (local.get $from) (i32.const 8)))
            (br $words))))
      (local.set $end (i32.add (local.get $to) (i32.and (local.get $size) (i32.const 7))))
      (loop $bytes
        (if (i32.ne (local.get $to) (local.get $end))
          (then
            (i32.store8 (local.get $to) (i32.load8_u (local.get $from)))
            (local.set $to (i32.add (local.get $to) (i32.const 1)))
            (local.set $from (i32.add (local.get $from) (i32.const 1)))
            (br $bytes)))))
    (else ;; backwards: rare, so byte by byte
      (loop $back
        (if (local.get $size)
          (then
            (local.set $size (i32.sub (local.get $size) (i32.const 1)))
            (i32.store8
              (i32.add (local.get $to) (local.get $size))
              (i32.load8_u (i32.add (local.get $from) (local.get $size))))
            (br $back)))))))

(func $__memory_fill (param $to i32) (param $value i32) (param $size i32)
  (local $end i32)
  (local $word i64)
  (local.set $word
    (i64.mul
      (i64.extend_i32_u (i32.and (local.get $value) (i32.const 255)))
      (i64.const 0x0101010101010101)))
  (local.set $end (i32.add (local.get $to) (i32.and (local.get $size) (i32.const -8))))
  (loop $words
    (if (i32.ne (local.get $to) (local.get $end))
      (then
        (i64.store align=1 (local.get $to) (local.get $word))
        (local.set $to (i32.add (local.get $to) (i32.const 8)))
        (br $words))))
  (local.set $end (i32.add (local.get $to) (i32.and (local.get $size) (i32.const 7))))
  (loop $bytes
    (if (i32.ne (local.get $to) (local.get $end))
      (then
        (i32.store8 (local.get $to) (local.get $value))
        (local.set $to (i32.add (local.get $to) (i32.const 1)))
        (br $bytes)))))
