;; Writes a row as a cell of a leaf page, from its end to its beginning: a cell stands before those that were written
;; before it. Compiled by scripts/wat.ts.
;;
;; Memory, as row-encoder.ts has it:
;;      0  the integers of the row, as f64; NaN is NULL
;;    256  the types of its columns
;;    284  where its record begins, behind the varints of the cell; 288 where its text or blob goes (i32)
;;    292  type of an integer by its bits besides the sign, 64 bytes
;;    356  bytes of an integer by its type, 10 bytes
;;    512  cells
(module
  (memory (export "memory") 5 5)

  ;; Writes a varint that ends at $end; returns where it begins.
  (func $varint (param $end i32) (param $value i64) (result i32)
    (local.set $end (i32.sub (local.get $end) (i32.const 1)))
    (i64.store8 (local.get $end) (i64.and (local.get $value) (i64.const 127)))
    (loop $seven_bits
      (local.set $value (i64.shr_u (local.get $value) (i64.const 7)))
      (if (i64.ne (local.get $value) (i64.const 0))
        (then
          (local.set $end (i32.sub (local.get $end) (i32.const 1)))
          (i64.store8 (local.get $end) (i64.or (local.get $value) (i64.const 128)))
          (br $seven_bits))))
    (local.get $end))

  ;; Writes the types of columns [$from, $to) so that they end at $end; returns where they begin.
  (func $types (param $end i32) (param $from i32) (param $to i32) (result i32)
    (loop $type
      (if (i32.gt_s (local.get $to) (local.get $from))
        (then
          (local.set $to (i32.sub (local.get $to) (i32.const 1)))
          (local.set $end (i32.sub (local.get $end) (i32.const 1)))
          (i32.store8 (local.get $end) (i32.load8_u offset=256 (local.get $to)))
          (br $type))))
    (local.get $end))

  ;; Writes the cell of row $id, of $columns columns, that ends at $end, but for the text or blob of $bytes bytes at $column: its
  ;; type is $kind and twice its bytes, and $gap bytes are left for it. Returns where the cell begins.
  (func (export "encode")
    (param $id f64) (param $end i32) (param $columns i32) (param $column i32) (param $bytes i32) (param $kind i32) (param $gap i32)
    (result i32)
    (local $at i32)
    (local $i i32)
    (local $type i32)
    (local $number f64)
    (local $value i64)
    (local $header i32)
    (local $payload i32)
    (local.set $at (local.get $end))
    (local.set $i (local.get $columns))
    (loop $next
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (if (i32.eq (local.get $i) (local.get $column))
        (then
          (local.set $at (i32.sub (local.get $at) (local.get $gap)))
          (i32.store (i32.const 288) (local.get $at)))
        (else
          (local.set $number (f64.load (i32.shl (local.get $i) (i32.const 3))))
          (local.set $value (i64.trunc_sat_f64_s (local.get $number)))
          ;; No branches on how large numbers are: eight bytes are put, of which those of the integer stay.
          (local.set $type
            (select
              (select
                (i32.add (i32.wrap_i64 (local.get $value)) (i32.const 8))
                (i32.load8_u offset=292
                  (i32.sub
                    (i32.const 64)
                    (i32.wrap_i64
                      (i64.clz
                        (i64.xor (local.get $value) (i64.shr_s (local.get $value) (i64.const 63)))))))
                (i64.le_u (local.get $value) (i64.const 1)))
              (i32.const 0)
              (f64.eq (local.get $number) (local.get $number))))
          (v128.store64_lane 0
            (i32.sub (local.get $at) (i32.const 8))
            (i8x16.shuffle 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0
              (i64x2.splat (local.get $value))
              (v128.const i64x2 0 0)))
          (local.set $at (i32.sub (local.get $at) (i32.load8_u offset=356 (local.get $type))))
          (i32.store8 offset=256 (local.get $i) (local.get $type))))
      (br_if $next (local.get $i)))
    (local.set $header (local.get $at))
    (local.set $at (call $types (local.get $at) (i32.add (local.get $column) (i32.const 1)) (local.get $columns)))
    (local.set $at
      (call $varint
        (local.get $at)
        (i64.extend_i32_u (i32.add (i32.shl (local.get $bytes) (i32.const 1)) (local.get $kind)))))
    (local.set $at (call $types (local.get $at) (i32.const 0) (local.get $column)))
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i32.store8 (local.get $at) (i32.sub (local.get $header) (local.get $at)))
    (i32.store (i32.const 284) (local.get $at))
    (local.set $payload
      (i32.add
        (i32.sub (local.get $end) (local.get $at))
        (i32.sub (local.get $bytes) (local.get $gap))))
    (local.set $at (call $varint (local.get $at) (i64.trunc_f64_u (local.get $id))))
    (call $varint (local.get $at) (i64.extend_i32_u (local.get $payload)))))
