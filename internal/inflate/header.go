//go:build !keysift_safeinflate

package inflate

import (
	"encoding/binary"
	"hash/crc32"
	"io"
)

// Flags of a gzip header (RFC 1952, 2.3.1). Others are ignored, as in the
// standard library: rather too much is looked at than too little.
const (
	gzipSum     = 1 << 1
	gzipExtra   = 1 << 2
	gzipName    = 1 << 3
	gzipComment = 1 << 4
)

// header reads the header of the format. Behind the first member of a gzip
// stream, anything but a header is padding and ends the stream.
func (z *Reader) header(first bool) error {
	z.state, z.sum, z.size = atBlock, 0, 0
	switch z.format {
	case Zlib:
		z.sum = 1
		b, err := z.bytes(2)
		if err != nil {
			return err
		}
		return zlibHeader(b)
	case Gzip:
		return z.member(first)
	}
	return nil
}

func (z *Reader) member(first bool) error {
	z.need(10)
	rest := z.bits.src[z.bits.ip:]
	if len(rest) < 3 || rest[0] != 0x1f || rest[1] != 0x8b || rest[2] != 8 {
		switch {
		case !first && (z.srcErr == nil || z.srcErr == io.EOF || len(rest) > 2):
			return io.EOF
		case len(rest) < 3:
			return z.short()
		}
		return ErrCorrupt
	}
	h := headerSum{z: z}
	b, err := h.bytes(10)
	if err != nil {
		return err
	}
	return h.fields(b[3], first)
}

// A headerSum reads the header of a gzip member and sums it up.
type headerSum struct {
	z   *Reader
	sum uint32
}

func (h *headerSum) bytes(n int) ([]byte, error) {
	b, err := h.z.bytes(n)
	h.sum = crc32.Update(h.sum, crc32.IEEETable, b)
	return b, err
}

func (h *headerSum) fields(flags byte, first bool) error {
	if flags&gzipExtra != 0 {
		b, err := h.bytes(2)
		if err != nil {
			return err
		}
		for left := int(binary.LittleEndian.Uint16(b)); left > 0; {
			n := min(left, inSize/2)
			if _, err := h.bytes(n); err != nil {
				return err
			}
			left -= n
		}
	}
	if flags&gzipName != 0 {
		name, err := h.text()
		if err != nil {
			return err
		}
		if first {
			h.z.name = name
		}
	}
	if flags&gzipComment != 0 {
		if _, err := h.text(); err != nil {
			return err
		}
	}
	if flags&gzipSum != 0 {
		want := uint16(h.sum)
		b, err := h.z.bytes(2)
		if err != nil {
			return err
		}
		if binary.LittleEndian.Uint16(b) != want {
			return ErrCorrupt
		}
	}
	return nil
}

// maxText is the length of a name or comment, in bytes.
const maxText = 1 << 16

// text reads Latin-1 text up to its NUL.
func (h *headerSum) text() (string, error) {
	var text []rune
	for len(text) < maxText {
		b, err := h.bytes(1)
		if err != nil {
			return "", err
		}
		if b[0] == 0 {
			return string(text), nil
		}
		text = append(text, rune(b[0]))
	}
	return "", ErrCorrupt
}
