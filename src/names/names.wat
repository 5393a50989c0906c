;; Looks at the name of a key once: its cluster hash slot, and what was kept for names of its form. Compiled by scripts/wat.ts.
;;
;; The form of a name is the name, with one byte 1 for each segment that Segments (src/patterns) takes for an id whatever stands
;; beside it: three digits or more; eight hex digits or more, one of them decimal; a UUID with a decimal digit.
;;
;; Memory, as name-memory.ts has it:
;;      0  zeros before the name
;;      8  the name, 512 bytes and 16 more
;;    536  its form, 512 bytes and 16 more
;;   1064  its hash (i64); 1072 its bytes, 0: nothing can be kept for it; 1076 the slot
;;   1080  the class of every byte: a bit of BYTE_CLASS, 0 for those that part names
;;   1344  tables of CRC16, 8 times 256 u16: what a byte adds, by how many bytes are behind it
;;   5440  1024 entries of 112 bytes: hash, bytes, what was kept, and the form, 96 bytes at most
(module
  (memory (export "memory") 2 2)

  ;; A UUID, of which is known that it is 36 bytes of hex digits and ASCII that is neither letter nor digit.
  (func $is_uuid (param $at i32) (result i32)
    (local $i i32)
    (loop $byte
      (if
        (i32.ne
          (i32.eq (i32.load8_u offset=1080 (i32.load8_u (i32.add (local.get $at) (local.get $i)))) (i32.const 64))
          (i32.or
            (i32.or (i32.eq (local.get $i) (i32.const 8)) (i32.eq (local.get $i) (i32.const 13)))
            (i32.or (i32.eq (local.get $i) (i32.const 18)) (i32.eq (local.get $i) (i32.const 23)))))
        (then (return (i32.const 0))))
      (br_if $byte (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 36))))
    (i32.eq
      (i32.const 0x2d2d2d2d)
      (i32.or
        (i32.or
          (i32.load8_u offset=8 (local.get $at))
          (i32.shl (i32.load8_u offset=13 (local.get $at)) (i32.const 8)))
        (i32.or
          (i32.shl (i32.load8_u offset=18 (local.get $at)) (i32.const 16))
          (i32.shl (i32.load8_u offset=23 (local.get $at)) (i32.const 24))))))

  ;; Whether the segment at $at, of bytes of the classes in $mask, is an id.
  (func $is_id (param $at i32) (param $bytes i32) (param $mask i32) (result i32)
    (if (i32.eqz (i32.and (local.get $mask) (i32.const 1))) (then (return (i32.const 0))))
    (if (i32.eq (local.get $mask) (i32.const 1))
      (then (return (i32.ge_u (local.get $bytes) (i32.const 3)))))
    (if (i32.eqz (i32.and (local.get $mask) (i32.const 244)))
      (then
        (return
          (i32.and
            (i32.ge_u (local.get $bytes) (i32.const 8))
            (i32.le_u (local.get $bytes) (i32.const 256))))))
    (if
      (i32.and
        (i32.eq (local.get $bytes) (i32.const 36))
        (i32.eqz (i32.and (local.get $mask) (i32.const 180))))
      (then (return (call $is_uuid (local.get $at)))))
    (i32.const 0))

  ;; CRC16 (XMODEM) of [$start, $end), modulo the slots. Zeros before what is summed change nothing: so it is taken in words,
  ;; of which the first may begin before it.
  (func $crc16 (param $start i32) (param $end i32) (result i32)
    (local $crc i32)
    (local $word i64)
    (local $before i64)
    (local $p i32)
    (local.set $p (i32.and (i32.sub (local.get $start) (local.get $end)) (i32.const 7)))
    (local.set $before (i64.extend_i32_u (i32.shl (local.get $p) (i32.const 3))))
    (local.set $p (i32.sub (local.get $start) (local.get $p)))
    (loop $eight_bytes
      (if (i32.ge_s (local.get $p) (local.get $end)) (then (return (i32.and (local.get $crc) (i32.const 16383)))))
      (local.set $word
        (i64.xor
          (i64.shl (i64.shr_u (i64.load (local.get $p)) (local.get $before)) (local.get $before))
          (i64.extend_i32_u
            (i32.or
              (i32.shr_u (local.get $crc) (i32.const 8))
              (i32.shl (i32.and (local.get $crc) (i32.const 255)) (i32.const 8))))))
      (local.set $before (i64.const 0))
      (local.set $crc
        (i32.xor
          (i32.xor
            (i32.xor
              (i32.load16_u offset=4928 (i32.wrap_i64 (i64.shl (i64.and (local.get $word) (i64.const 255)) (i64.const 1))))
              (i32.load16_u offset=4416 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 7)) (i64.const 510)))))
            (i32.xor
              (i32.load16_u offset=3904 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 15)) (i64.const 510))))
              (i32.load16_u offset=3392 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 23)) (i64.const 510))))))
          (i32.xor
            (i32.xor
              (i32.load16_u offset=2880 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 31)) (i64.const 510))))
              (i32.load16_u offset=2368 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 39)) (i64.const 510)))))
            (i32.xor
              (i32.load16_u offset=1856 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $word) (i64.const 47)) (i64.const 510))))
              (i32.load16_u offset=1344 (i32.wrap_i64 (i64.shl (i64.shr_u (local.get $word) (i64.const 56)) (i64.const 1))))))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (br $eight_bytes))
    (unreachable))

  ;; Where the next brace of that kind stands in [$at, $end); $end: nowhere.
  (func $find (param $brace i32) (param $at i32) (param $end i32) (result i32)
    (block $found
      (loop $byte
        (br_if $found (i32.ge_u (local.get $at) (local.get $end)))
        (br_if $found (i32.eq (i32.load8_u (local.get $at)) (local.get $brace)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $byte)))
    (local.get $at))

  ;; The slot of the name [8, $end), in which an opening brace stands: that of what it encloses, if it encloses anything.
  (func $slot_of_tagged (param $end i32) (result i32)
    (local $open i32)
    (local $close i32)
    (local.set $open (i32.add (call $find (i32.const 0x7b) (i32.const 8) (local.get $end)) (i32.const 1)))
    (local.set $close (call $find (i32.const 0x7d) (local.get $open) (local.get $end)))
    (if
      (i32.and
        (i32.lt_u (local.get $close) (local.get $end))
        (i32.gt_u (local.get $close) (local.get $open)))
      (then (return (call $crc16 (local.get $open) (local.get $close)))))
    (call $crc16 (i32.const 8) (local.get $end)))

  ;; Hash of the form [536, $end), behind which zeros stand.
  (func $hash (param $end i32) (result i64)
    (local $hash i64)
    (local $p i32)
    (local.set $hash (i64.extend_i32_u (local.get $end)))
    (local.set $p (i32.const 536))
    (loop $eight_bytes
      (local.set $hash
        (i64.mul (i64.xor (local.get $hash) (i64.load (local.get $p))) (i64.const 0x9e3779b97f4a7c15)))
      (local.set $hash (i64.xor (local.get $hash) (i64.shr_u (local.get $hash) (i64.const 32))))
      (br_if $eight_bytes
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 8))) (local.get $end))))
    (local.get $hash))

  ;; Where the entry of a hash stands.
  (func $entry (param $hash i64) (result i32)
    (i32.add
      (i32.const 5440)
      (i32.mul
        (i32.const 112)
        (i32.and (i32.wrap_i64 (i64.shr_u (local.get $hash) (i64.const 8))) (i32.const 1023)))))

  ;; What was kept for the form of $bytes bytes; -1: nothing.
  (func $kept (param $bytes i32) (result i32)
    (local $hash i64)
    (local $entry i32)
    (local $p i32)
    (local.set $hash (call $hash (i32.add (i32.const 536) (local.get $bytes))))
    (i64.store (i32.const 1064) (local.get $hash))
    (local.set $entry (call $entry (local.get $hash)))
    (if
      (i32.or
        (i64.ne (i64.load (local.get $entry)) (local.get $hash))
        (i32.ne (i32.load offset=8 (local.get $entry)) (local.get $bytes)))
      (then (return (i32.const -1))))
    (loop $eight_bytes
      (if
        (i64.ne
          (i64.load offset=536 (local.get $p))
          (i64.load offset=16 (i32.add (local.get $entry) (local.get $p))))
        (then (return (i32.const -1))))
      (br_if $eight_bytes
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 8))) (local.get $bytes))))
    (i32.load offset=12 (local.get $entry)))

  ;; Looks at the name of $bytes bytes, 512 at most: returns what was kept for its form, -1 for nothing, and leaves its slot.
  (func (export "look") (param $bytes i32) (result i32)
    (local $end i32)
    (local $p i32)
    (local $byte i32)
    (local $class i32)
    (local $mask i32)
    (local $all i32)
    (local $start i32)
    (local $out i32)
    (local $is_tagged i32)
    (local.set $p (i32.const 8))
    (local.set $end (i32.add (local.get $bytes) (i32.const 8)))
    (local.set $start (i32.const 536))
    (local.set $out (i32.const 536))
    (block $done
      (loop $next
        (if (i32.lt_u (local.get $p) (local.get $end))
          (then
            (local.set $byte (i32.load8_u (local.get $p)))
            (local.set $p (i32.add (local.get $p) (i32.const 1)))
            (i32.store8 (local.get $out) (local.get $byte))
            (local.set $out (i32.add (local.get $out) (i32.const 1)))
            (if (local.tee $class (i32.load8_u offset=1080 (local.get $byte)))
              (then
                (local.set $mask (i32.or (local.get $mask) (local.get $class)))
                (br $next)))
            (local.set $all (i32.or (local.get $all) (local.get $mask)))
            (if
              (call $is_id
                (local.get $start)
                (i32.sub (i32.sub (local.get $out) (local.get $start)) (i32.const 1))
                (local.get $mask))
              (then
                (i32.store8 (local.get $start) (i32.const 1))
                (i32.store8 offset=1 (local.get $start) (local.get $byte))
                (local.set $out (i32.add (local.get $start) (i32.const 2)))))
            (local.set $is_tagged
              (i32.or (local.get $is_tagged) (i32.eq (local.get $byte) (i32.const 0x7b))))
            (local.set $start (local.get $out))
            (local.set $mask (i32.const 0))
            (br $next)))
        (br $done)))
    (local.set $all (i32.or (local.get $all) (local.get $mask)))
    (i32.store
      (i32.const 1076)
      (if (result i32) (local.get $is_tagged)
        (then (call $slot_of_tagged (local.get $end)))
        (else (call $crc16 (i32.const 8) (local.get $end)))))
    (i32.store (i32.const 1072) (i32.const 0))
    ;; Names that nothing parts may be parted by other bytes; control bytes are no text.
    (if
      (i32.or
        (i32.eq (local.get $start) (i32.const 536))
        (i32.and (local.get $all) (i32.const 128)))
      (then (return (i32.const -1))))
    (if
      (call $is_id (local.get $start) (i32.sub (local.get $out) (local.get $start)) (local.get $mask))
      (then
        (i32.store8 (local.get $start) (i32.const 1))
        (local.set $out (i32.add (local.get $start) (i32.const 1)))))
    (i64.store (local.get $out) (i64.const 0))
    (local.set $out (i32.sub (local.get $out) (i32.const 536)))
    (if (i32.gt_u (local.get $out) (i32.const 96)) (then (return (i32.const -1))))
    (i32.store (i32.const 1072) (local.get $out))
    (call $kept (local.get $out)))

  ;; Keeps $value for the form of the name that was looked at last.
  (func (export "keep") (param $value i32)
    (local $entry i32)
    (local $bytes i32)
    (local $p i32)
    (if (i32.eqz (local.tee $bytes (i32.load (i32.const 1072)))) (then (return)))
    (local.set $entry (call $entry (i64.load (i32.const 1064))))
    (i64.store (local.get $entry) (i64.load (i32.const 1064)))
    (i32.store offset=8 (local.get $entry) (local.get $bytes))
    (i32.store offset=12 (local.get $entry) (local.get $value))
    (loop $eight_bytes
      (i64.store offset=16
        (i32.add (local.get $entry) (local.get $p))
        (i64.load offset=536 (local.get $p)))
      (br_if $eight_bytes
        (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 8))) (local.get $bytes)))))

  ;; Forgets all that was kept.
  (func (export "forget")
    (memory.fill (i32.const 5440) (i32.const 0) (i32.const 114688))))
