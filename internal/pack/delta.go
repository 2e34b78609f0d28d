package pack

// deltaSizes reads the head of a delta: the size of its base and of its
// result. rest is the instructions.
func deltaSizes(delta []byte) (base, result uint64, rest []byte, err error) {
	base, n := uvarint(delta)
	if n == 0 {
		return 0, 0, nil, errDelta
	}
	result, m := uvarint(delta[n:])
	if m == 0 {
		return 0, 0, nil, errDelta
	}
	return base, result, delta[n+m:], nil
}

// uvarint reads a little-endian base-128 number; n is 0 when it is cut or
// exceeds 63 bits.
func uvarint(b []byte) (v uint64, n int) {
	for i, c := range b {
		if i == 9 {
			break
		}
		v |= uint64(c&127) << (7 * i)
		if c < 128 {
			return v, i + 1
		}
	}
	return 0, 0
}

// copyArgs reads the operands of a copy instruction and returns what follows;
// ok is false when they are cut.
func copyArgs(op byte, b []byte) (off, size int, rest []byte, ok bool) {
	i := 0
	for bit := range 4 {
		if op&(1<<bit) != 0 {
			if i >= len(b) {
				return 0, 0, nil, false
			}
			off |= int(b[i]) << (8 * bit)
			i++
		}
	}
	for bit := range 3 {
		if op&(16<<bit) != 0 {
			if i >= len(b) {
				return 0, 0, nil, false
			}
			size |= int(b[i]) << (8 * bit)
			i++
		}
	}
	if size == 0 {
		size = 1 << 16
	}
	return off, size, b[i:], off >= 0 // 32-bit systems: an offset may overflow
}

// checkDelta says whether the instructions yield exactly size bytes, without
// writing any: it lets a lie about a large size be found before memory is spent.
func checkDelta(ops []byte, size uint64) bool {
	var total uint64
	for len(ops) > 0 {
		op := ops[0]
		ops = ops[1:]
		n := int(op)
		switch {
		case op >= 128:
			var ok bool
			if _, n, ops, ok = copyArgs(op, ops); !ok {
				return false
			}
		case op == 0 || n > len(ops):
			return false
		default:
			ops = ops[n:]
		}
		if total += uint64(n); total > size {
			return false
		}
	}
	return total == size
}

// applyDelta writes what ops make of base into dst and fails unless it fits exactly.
func applyDelta(dst, base, ops []byte) error {
	at := 0
	for len(ops) > 0 {
		op := ops[0]
		ops = ops[1:]
		if op >= 128 {
			off, size, rest, ok := copyArgs(op, ops)
			if !ok || off > len(base) || size > len(base)-off || size > len(dst)-at {
				return errDelta
			}
			copy(dst[at:], base[off:off+size])
			at += size
			ops = rest
			continue
		}
		n := int(op)
		if n == 0 || n > len(ops) || n > len(dst)-at {
			return errDelta
		}
		copy(dst[at:], ops[:n])
		at += n
		ops = ops[n:]
	}
	if at != len(dst) {
		return errDelta
	}
	return nil
}

// A Run is a part of an object that was built from a delta.
type Run struct {
	Start int // offset in the object
	Len   int // bytes, at least 1
	Base  int // offset in the base the bytes were copied from; -1: they are new
}

// appendRuns appends the runs of a delta that was applied without error.
// Neighbours that continue each other are one run.
func appendRuns(runs []Run, ops []byte) []Run {
	first, at := len(runs), 0
	for len(ops) > 0 {
		op := ops[0]
		ops = ops[1:]
		off, n := -1, int(op)
		if op >= 128 {
			var ok bool
			if off, n, ops, ok = copyArgs(op, ops); !ok {
				return runs
			}
		} else {
			if n > len(ops) {
				return runs
			}
			ops = ops[n:]
		}
		if len(runs) > first {
			last := &runs[len(runs)-1]
			if last.Base < 0 && off < 0 || last.Base >= 0 && off == last.Base+last.Len {
				last.Len += n
				at += n
				continue
			}
		}
		runs = append(runs, Run{Start: at, Len: n, Base: off})
		at += n
	}
	return runs
}
