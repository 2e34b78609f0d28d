//go:build !keysift_safeinflate

package inflate

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

const (
	window = 32 << 10 // how far back a match may reach
	inSize = 32 << 10

	// headRoom is what the header of a block takes at most: the sizes, the code
	// of the code lengths and 316 code lengths of 14 bits.
	headRoom = 640

	// tailRoom is the output that input too short for the fast loop may bring:
	// 16 bytes and the bit buffer hold 192 codes of one bit.
	tailRoom = 192 * 258

	// Blocks are decoded as long as less than outFull is written.
	outFull = window + 64<<10
	outSize = outFull + tailRoom
)

// A Reader decompresses a stream. It is large; reuse it with [Reader.Reset].
type Reader struct {
	Decoder
	bits bitReader // of in
	in   []byte
	src  io.Reader
	// srcErr is what ended src; io.EOF where it came to its end.
	srcErr error

	out  []byte // what was written, in front of it what matches may refer to
	done int    // out[:done] was read
	at   int    // out[:at] was written

	format    Format
	name      string
	state     state
	final     bool // the block is the last one
	fixedCode bool
	stored    int // bytes left of a stored block
	sum       uint32
	size      uint32 // of the member, modulo 2^32
	err       error
}

// A state says what comes next in the input.
type state int

const (
	atHeader state = iota // of the format
	atBlock               // header of a block
	inStored
	inBlock
	atTrailer
)

// NewReader returns a reader that has to be reset before use.
func NewReader() *Reader {
	return &Reader{Decoder: *NewDecoder(), in: make([]byte, 0, inSize), out: make([]byte, outSize+Slack)}
}

// Reset lets z read from src and reads the header of the format. z reads ahead
// of what it decompresses.
func (z *Reader) Reset(src io.Reader, f Format) error {
	z.src, z.srcErr, z.format = src, nil, f
	z.in = z.in[:0]
	z.bits = bitReader{src: z.in}
	z.done, z.at, z.name, z.err = 0, 0, "", nil
	z.state = atHeader
	z.err = z.header(true)
	return z.err
}

// Name returns the name in the header of the first gzip member.
func (z *Reader) Name() string { return z.name }

// Read implements [io.Reader]. What comes before damage is read before the
// error is returned.
func (z *Reader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if err := z.fill(); err != nil {
		return 0, err
	}
	n := copy(p, z.out[z.done:z.at])
	z.done += n
	return n, nil
}

// Discard skips n bytes, and returns how many and an error if they are fewer.
func (z *Reader) Discard(n int64) (int64, error) {
	for left := n; ; {
		if left == 0 {
			return n, nil
		}
		if err := z.fill(); err != nil {
			return n - left, err
		}
		k := min(left, int64(z.at-z.done))
		z.done += int(k)
		left -= k
	}
}

// fill makes sure that something can be read.
func (z *Reader) fill() error {
	for z.done == z.at && z.err == nil {
		z.slide()
		from := z.at
		for z.err == nil && z.at < outFull {
			if err := z.step(&from); err != nil {
				z.err = err
			}
		}
		z.add(z.out[from:z.at])
	}
	if z.done < z.at {
		return nil
	}
	return z.err
}

// slide keeps of what was read only what matches may refer to.
func (z *Reader) slide() {
	if z.at > window {
		copy(z.out, z.out[z.at-window:z.at])
		z.at = window
	}
	z.done = z.at
}

// step decodes one part of the stream: a header, a trailer, or as much of a
// block as there are input and room for. What was written from *from on is not
// in the checksum yet.
func (z *Reader) step(from *int) error {
	switch z.state {
	case atHeader:
		return z.header(false)
	case atBlock:
		return z.blockHeader()
	case inStored:
		return z.copyStored()
	case inBlock:
		return z.block()
	}
	z.add(z.out[*from:z.at])
	*from = z.at
	return z.trailer()
}

// need brings at least n bytes of input, or all there are.
func (z *Reader) need(n int) {
	r := &z.bits
	if len(r.src)-r.ip >= n || z.srcErr != nil {
		return
	}
	// Bytes that are in the bit buffer may have to be given back by whole.
	back := min(r.ip, 8)
	k := copy(z.in[:cap(z.in)], r.src[r.ip-back:])
	for none := 0; k < back+n && z.srcErr == nil; {
		got, err := z.src.Read(z.in[k:cap(z.in)])
		k += got
		if z.srcErr = err; got == 0 && err == nil {
			if none++; none == 100 {
				z.srcErr = io.ErrNoProgress
			}
		}
	}
	z.in = z.in[:k]
	r.src, r.ip = z.in, back
}

// short returns the error for input that ends too early.
func (z *Reader) short() error {
	if z.srcErr != nil && z.srcErr != io.EOF {
		return z.srcErr
	}
	return io.ErrUnexpectedEOF
}

// stated returns err as a reader says it.
func (z *Reader) stated(err error) error {
	if err == ErrTruncated {
		return z.short()
	}
	return err
}

// whole returns the input to the last full byte, so that bytes can be read.
func (z *Reader) whole() {
	r := &z.bits
	r.drop(r.n & 7)
	r.ip -= int(r.n >> 3)
	r.buf, r.n = 0, 0
}

// bytes takes n bytes of input, at most inSize/2.
func (z *Reader) bytes(n int) ([]byte, error) {
	z.need(n)
	r := &z.bits
	if len(r.src)-r.ip < n {
		return nil, z.short()
	}
	b := r.src[r.ip : r.ip+n]
	r.ip += n
	return b, nil
}

func (z *Reader) blockHeader() error {
	z.need(headRoom)
	r := &z.bits
	r.refill()
	z.final = r.buf&1 != 0
	kind := r.buf >> 1 & 3
	if !r.drop(3) {
		return z.short()
	}
	switch kind {
	case 0:
		z.whole()
		b, err := z.bytes(4)
		if err != nil {
			return err
		}
		z.stored = int(binary.LittleEndian.Uint16(b))
		if check := int(binary.LittleEndian.Uint16(b[2:])); z.stored != ^check&0xffff {
			return ErrCorrupt
		}
		z.state = inStored
		return nil
	case 1:
		z.fixed()
	case 2:
		if err := z.dynamic(r); err != nil {
			return z.stated(err)
		}
	default:
		return ErrCorrupt
	}
	z.fixedCode, z.state = kind == 1, inBlock
	return nil
}

func (z *Reader) copyStored() error {
	if z.stored == 0 {
		z.blockEnd()
		return nil
	}
	z.need(1)
	r := &z.bits
	if r.ip == len(r.src) {
		return z.short()
	}
	n := copy(z.out[z.at:outSize], r.src[r.ip:min(len(r.src), r.ip+z.stored)])
	r.ip += n
	z.at += n
	z.stored -= n
	return nil
}

func (z *Reader) block() error {
	lit, dist := &z.lit, &z.dist
	if z.fixedCode {
		lit, dist = z.fixedLit, z.fixedDist
	}
	z.need(inSize / 2)
	r := &z.bits
	at, end, err := r.fast(z.out[:outFull], z.at, lit, dist)
	z.at = at
	if err == nil && !end && at < outFull && z.srcErr != nil {
		// The last bytes of the input, for which there is room.
		z.at, _, err = r.careful(z.out[:outSize], at, lit, dist)
		end = err == nil
	}
	if end {
		z.blockEnd()
	}
	return z.stated(err)
}

func (z *Reader) blockEnd() {
	z.state = atBlock
	if z.final {
		z.state = atTrailer
	}
}

// add adds what was written to the checksum.
func (z *Reader) add(b []byte) {
	switch z.format {
	case Zlib:
		z.sum = adlerUpdate(z.sum, b)
	case Gzip:
		z.sum = crc32.Update(z.sum, crc32.IEEETable, b)
		z.size += uint32(len(b))
	}
}

// trailer ends a stream, or a member of it.
func (z *Reader) trailer() error {
	z.whole()
	switch z.format {
	case Zlib:
		b, err := z.bytes(4)
		if err != nil {
			return err
		}
		if binary.BigEndian.Uint32(b) != z.sum {
			return ErrChecksum
		}
	case Gzip:
		b, err := z.bytes(8)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint32(b) != z.sum || binary.LittleEndian.Uint32(b[4:]) != z.size {
			return ErrChecksum
		}
		z.state = atHeader
		return nil
	}
	return io.EOF
}
