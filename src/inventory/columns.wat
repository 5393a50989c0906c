;; Reads rows of table leaf pages (SQLite's file format, sections 1.6 and 2) into columns as Arrow has them. Compiled by
;; scripts/wat.ts.
;;
;; Memory, as row-columns.ts has it:
;;      0  a record of four words for each column of the table, the id's first: bytes of a value (0: it is not wanted, 4, 8,
;;         or -1: the one text or blob), where its values are, and where its bits of validity are (0: NULL is malformed)
;;    256  bytes of an integer by its serial type, 10 bytes
;;    272  rows decoded (i32); 276 most of them; 280 where the next text or blob goes; 284 where the room for these ends;
;;    288  where the columns' offsets of texts and blobs are
;;    292  most bytes of a record that stands whole in its page
;;    296  the bits of an id that are wanted (i64)
;;    304  where the first text or blob is; 308 why decoding stopped
(module
  (memory (export "memory") 1)

  (global $at (mut i32) (i32.const 0))

  ;; Reads a varint at $at, which moves behind it.
  (func $varint (result i64)
    (local $value i64)
    (local $byte i64)
    (local $left i32)
    (local.set $left (i32.const 8))
    (loop $next
      (local.set $byte (i64.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (if (i64.lt_u (local.get $byte) (i64.const 128))
        (then (return (i64.or (i64.shl (local.get $value) (i64.const 7)) (local.get $byte)))))
      (local.set $value
        (i64.or (i64.shl (local.get $value) (i64.const 7)) (i64.and (local.get $byte) (i64.const 127))))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.set $byte (i64.load8_u (global.get $at)))
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (i64.or (i64.shl (local.get $value) (i64.const 8)) (local.get $byte)))

  ;; Reads the record [$start, $end) of row $id into the next row. Returns 0: read; 1: no room for its text or blob; 2: it is
  ;; malformed.
  (func $record (export "record") (param $start i32) (param $end i32) (param $id i64) (param $columns i32) (result i32)
    (local $row i32)
    (local $header i32)
    (local $body i32)
    (local $column i32)
    (local $last i32)
    (local $type i32)
    (local $wide i64)
    (local $bytes i32)
    (local $value i64)
    (local $to i32)
    (local $width i32)
    (local $valid i32)
    (local $from i32)
    (local $bit i32)
    (local $text_end i32)
    (local.set $row (i32.load (i32.const 272)))
    (global.set $at (local.get $start))
    (local.set $wide (call $varint))
    (if (i64.gt_u (local.get $wide) (i64.extend_i32_u (i32.sub (local.get $end) (local.get $start))))
      (then (return (i32.const 2))))
    (local.set $header (i32.add (local.get $start) (i32.wrap_i64 (local.get $wide))))
    (local.set $body (local.get $header))
    (local.set $last (i32.shl (local.get $columns) (i32.const 4)))
    ;; The id stands as NULL.
    (global.set $at (i32.add (global.get $at) (i32.const 1)))
    (i64.store
      (i32.add (i32.load (i32.const 4)) (i32.shl (local.get $row) (i32.const 3)))
      (i64.and (local.get $id) (i64.load (i32.const 296))))
    (local.set $column (i32.const 16))
    (loop $each
      (local.set $type (i32.load8_u (global.get $at)))
      (if (i32.lt_u (local.get $type) (i32.const 128))
        (then (global.set $at (i32.add (global.get $at) (i32.const 1))))
        (else
          (local.set $wide (call $varint))
          (if (i64.gt_u (local.get $wide) (i64.const 0x7fffffff)) (then (return (i32.const 2))))
          (local.set $type (i32.wrap_i64 (local.get $wide)))))
      (local.set $width (i32.load (local.get $column)))
      (if (i32.eq (local.get $width) (i32.const -1))
        (then
          (if (i32.lt_u (local.get $type) (i32.const 12)) (then (return (i32.const 2))))
          (local.set $bytes (i32.shr_u (i32.sub (local.get $type) (i32.const 12)) (i32.const 1)))
          (if (i32.gt_s (local.get $bytes) (i32.sub (local.get $end) (local.get $body)))
            (then (return (i32.const 2))))
          (local.set $to (i32.load (i32.const 280)))
          (local.set $text_end (i32.add (local.get $to) (local.get $bytes)))
          (if (i32.gt_u (local.get $bytes) (i32.sub (i32.load (i32.const 284)) (local.get $to)))
            (then (return (i32.const 1))))
          ;; A short one is copied faster here, eight bytes at a time, than by the engine; what is put behind it does not stay.
          (if (i32.gt_u (local.get $bytes) (i32.const 64))
            (then (memory.copy (local.get $to) (local.get $body) (local.get $bytes)))
            (else
              (local.set $from (local.get $body))
              (loop $eight
                (i64.store (local.get $to) (i64.load (local.get $from)))
                (local.set $from (i32.add (local.get $from) (i32.const 8)))
                (br_if $eight
                  (i32.lt_u
                    (local.tee $to (i32.add (local.get $to) (i32.const 8)))
                    (local.get $text_end)))))))
        (else
          (if (i32.gt_u (local.get $type) (i32.const 9)) (then (return (i32.const 2))))
          (local.set $bytes (i32.load8_u offset=256 (local.get $type)))
          (if (local.get $width)
            (then
              (local.set $valid (i32.load offset=8 (local.get $column)))
              (if (local.get $valid)
                (then
                  (local.set $valid (i32.add (local.get $valid) (i32.shr_u (local.get $row) (i32.const 3))))
                  (local.set $bit (i32.and (local.get $row) (i32.const 7)))
                  (i32.store8
                    (local.get $valid)
                    (i32.or
                      (i32.and (i32.load8_u (local.get $valid)) (i32.rotl (i32.const -2) (local.get $bit)))
                      (i32.shl (i32.ne (local.get $type) (i32.const 0)) (local.get $bit)))))
                (else (if (i32.eqz (local.get $type)) (then (return (i32.const 2))))))
              ;; What is read behind an integer, or in the place of none, is shifted out, or not taken: there are no branches on types.
              (local.set $value
                (select
                  (i64.shr_s
                    (i64x2.extract_lane 0
                      (i8x16.shuffle 7 6 5 4 3 2 1 0 7 6 5 4 3 2 1 0
                        (v128.load64_zero (local.get $body))
                        (v128.const i64x2 0 0)))
                    (i64.extend_i32_u
                      (i32.sub (i32.const 64) (i32.shl (local.get $bytes) (i32.const 3)))))
                  (i64.extend_i32_u (i32.eq (local.get $type) (i32.const 9)))
                  (local.get $bytes)))
              (local.set $to (i32.load offset=4 (local.get $column)))
              (if (i32.eq (local.get $width) (i32.const 8))
                (then
                  (i64.store
                    (i32.add (local.get $to) (i32.shl (local.get $row) (i32.const 3)))
                    (local.get $value)))
                (else
                  (i64.store32
                    (i32.add (local.get $to) (i32.shl (local.get $row) (i32.const 2)))
                    (local.get $value))))))))
      (local.set $body (i32.add (local.get $body) (local.get $bytes)))
      (br_if $each
        (i32.lt_u
          (local.tee $column (i32.add (local.get $column) (i32.const 16)))
          (local.get $last))))
    (if
      (i32.or
        (i32.gt_u (local.get $body) (local.get $end))
        (i32.gt_u (global.get $at) (local.get $header)))
      (then (return (i32.const 2))))
    ;; The text or blob is taken only when the rest was: where the next one goes is its end.
    (i32.store (i32.const 280) (local.get $text_end))
    (i32.store offset=4
      (i32.add (i32.load (i32.const 288)) (i32.shl (local.get $row) (i32.const 2)))
      (i32.sub (local.get $text_end) (i32.load (i32.const 304))))
    (i32.store (i32.const 272) (i32.add (local.get $row) (i32.const 1)))
    (i32.const 0))

  ;; Reads the cells [$cell, $to) of the leaf page [$page, $end), whose cells begin at $first of it or behind. Returns the first
  ;; that was not read; the word at 308 says why: 0: all were read; 1: no room; 2: it is malformed; 3: it goes on in other pages.
  (func (export "decode")
    (param $page i32) (param $end i32) (param $cell i32) (param $to i32) (param $first i32) (param $columns i32)
    (result i32)
    (local $pointer i32)
    (local $at i32)
    (local $bytes i64)
    (local $id i64)
    (local $status i32)
    (i32.store (i32.const 308) (i32.const 0))
    (local.set $pointer
      (i32.add (i32.add (local.get $page) (i32.const 8)) (i32.shl (local.get $cell) (i32.const 1))))
    (block $stop
      (br_if $stop (i32.ge_u (local.get $cell) (local.get $to)))
      (loop $next
        (local.set $status (i32.const 1))
        (if (i32.lt_u (i32.load (i32.const 272)) (i32.load (i32.const 276)))
          (then
            (local.set $status (i32.const 2))
            (local.set $at
              (i32.or
                (i32.shl (i32.load8_u (local.get $pointer)) (i32.const 8))
                (i32.load8_u offset=1 (local.get $pointer))))
            (if (i32.ge_u (local.get $at) (local.get $first))
              (then
                (global.set $at (i32.add (local.get $page) (local.get $at)))
                (local.set $bytes (call $varint))
                (local.set $id (call $varint))
                (if (i64.gt_u (local.get $bytes) (i64.load32_u (i32.const 292)))
                  (then (local.set $status (i32.const 3)))
                  (else
                    (if
                      (i64.le_s
                        (local.get $bytes)
                        (i64.sub (i64.extend_i32_u (local.get $end)) (i64.extend_i32_u (global.get $at))))
                      (then
                        (local.set $status
                          (call $record
                            (global.get $at)
                            (i32.add (global.get $at) (i32.wrap_i64 (local.get $bytes)))
                            (local.get $id)
                            (local.get $columns)))))))))))
        (if (local.get $status)
          (then
            (i32.store (i32.const 308) (local.get $status))
            (br $stop)))
        (local.set $pointer (i32.add (local.get $pointer) (i32.const 2)))
        (br_if $next (i32.lt_u (local.tee $cell (i32.add (local.get $cell) (i32.const 1))) (local.get $to)))))
    (local.get $cell))

  ;; Sets the bits at $bits of the first $rows rows whose value at $values, valid by the bits at $valid, is $most at most.
  (func (export "mark")
    (param $rows i32) (param $values i32) (param $valid i32) (param $most f64) (param $bits i32)
    (local $i i32)
    (local $byte i32)
    (local $limit i64)
    (local.set $limit (i64.trunc_sat_f64_s (local.get $most)))
    (loop $next
      (local.set $byte (i32.const 0))
      (loop $bit
        (local.set $byte
          (i32.or
            (local.get $byte)
            (i32.shl
              (i64.le_s
                (i64.load (i32.add (local.get $values) (i32.shl (local.get $i) (i32.const 3))))
                (local.get $limit))
              (i32.and (local.get $i) (i32.const 7)))))
        (br_if $bit
          (i32.and (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 7))))
      (i32.store8
        (local.get $bits)
        (i32.and (local.get $byte) (i32.load8_u (local.get $valid))))
      (local.set $bits (i32.add (local.get $bits) (i32.const 1)))
      (local.set $valid (i32.add (local.get $valid) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $rows)))))

  ;; Puts $most in the place of values above it, and 0 in that of values below 0.
  (func (export "cap") (param $rows i32) (param $values i32) (param $most f64)
    (local $end i32)
    (local $limit i64)
    (local $value i64)
    (local.set $limit (i64.trunc_sat_f64_s (local.get $most)))
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $rows) (i32.const 3))))
    (loop $next
      (local.set $value (i64.load (local.get $values)))
      (if (i64.gt_s (local.get $value) (local.get $limit))
        (then (i64.store (local.get $values) (local.get $limit))))
      (if (i64.lt_s (local.get $value) (i64.const 0))
        (then (i64.store (local.get $values) (i64.const 0))))
      (br_if $next
        (i32.lt_u
          (local.tee $values (i32.add (local.get $values) (i32.const 8)))
          (local.get $end)))))
)
