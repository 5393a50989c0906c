;; CRC-64/Jones of three neighbouring lanes at once: one waits for its tables while the others go on.
;; Memory: 0 tables of slicing-by-8, as 8 times 256 i64; 16384 the values of the lanes, as three i64; 16448 the lanes,
;; one behind the other. crc64-lanes.ts fills it, and crc64.ts combines the lanes. Compiled by scripts/wat.ts.
(module
  (memory (export "memory") 1)
  ;; $bytes: of each lane, a multiple of 8.
  (func (export "update") (param $bytes i32)
    (local $p i32)
    (local $q i32)
    (local $r i32)
    (local $a i64)
    (local $b i64)
    (local $c i64)
    (local.set $a (i64.load offset=16384 (i32.const 0)))
    (local.set $b (i64.load offset=16392 (i32.const 0)))
    (local.set $c (i64.load offset=16400 (i32.const 0)))
    (local.set $q (local.get $bytes))
    (local.set $r (i32.shl (local.get $bytes) (i32.const 1)))
    (loop $eight_bytes
      (local.set $a (i64.xor (local.get $a) (i64.load offset=16448 (local.get $p))))
      (local.set $b (i64.xor (local.get $b) (i64.load offset=16448 (local.get $q))))
      (local.set $c (i64.xor (local.get $c) (i64.load offset=16448 (local.get $r))))
      (local.set $a
        (i64.xor
          (i64.xor
            (i64.xor
              (i64.load offset=14336 (i32.wrap_i64 (i64.shl (i64.and (local.get $a) (i64.const 255)) (i64.const 3))))
              (i64.load offset=12288 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 5)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=10240 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 13)) (i64.const 2040))))
              (i64.load offset=8192 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 21)) (i64.const 2040))))))
          (i64.xor
            (i64.xor
              (i64.load offset=6144 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 29)) (i64.const 2040))))
              (i64.load offset=4096 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 37)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=2048 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $a) (i64.const 45)) (i64.const 2040))))
              (i64.load (i32.wrap_i64 (i64.shl (i64.shr_u (local.get $a) (i64.const 56)) (i64.const 3))))))))
      (local.set $b
        (i64.xor
          (i64.xor
            (i64.xor
              (i64.load offset=14336 (i32.wrap_i64 (i64.shl (i64.and (local.get $b) (i64.const 255)) (i64.const 3))))
              (i64.load offset=12288 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 5)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=10240 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 13)) (i64.const 2040))))
              (i64.load offset=8192 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 21)) (i64.const 2040))))))
          (i64.xor
            (i64.xor
              (i64.load offset=6144 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 29)) (i64.const 2040))))
              (i64.load offset=4096 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 37)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=2048 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $b) (i64.const 45)) (i64.const 2040))))
              (i64.load (i32.wrap_i64 (i64.shl (i64.shr_u (local.get $b) (i64.const 56)) (i64.const 3))))))))
      (local.set $c
        (i64.xor
          (i64.xor
            (i64.xor
              (i64.load offset=14336 (i32.wrap_i64 (i64.shl (i64.and (local.get $c) (i64.const 255)) (i64.const 3))))
              (i64.load offset=12288 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 5)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=10240 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 13)) (i64.const 2040))))
              (i64.load offset=8192 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 21)) (i64.const 2040))))))
          (i64.xor
            (i64.xor
              (i64.load offset=6144 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 29)) (i64.const 2040))))
              (i64.load offset=4096 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 37)) (i64.const 2040)))))
            (i64.xor
              (i64.load offset=2048 (i32.wrap_i64 (i64.and (i64.shr_u (local.get $c) (i64.const 45)) (i64.const 2040))))
              (i64.load (i32.wrap_i64 (i64.shl (i64.shr_u (local.get $c) (i64.const 56)) (i64.const 3))))))))
      (local.set $p (i32.add (local.get $p) (i32.const 8)))
      (local.set $q (i32.add (local.get $q) (i32.const 8)))
      (local.set $r (i32.add (local.get $r) (i32.const 8)))
      (br_if $eight_bytes (i32.lt_u (local.get $p) (local.get $bytes))))
    (i64.store offset=16384 (i32.const 0) (local.get $a))
    (i64.store offset=16392 (i32.const 0) (local.get $b))
    (i64.store offset=16400 (i32.const 0) (local.get $c))))
