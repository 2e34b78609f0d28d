// Package inflate decompresses DEFLATE data (RFC 1951) with the zlib and gzip
// formats around it (RFC 1950, 1952): from memory to memory for the objects of
// git, whose size is known, and as a stream for containers.
//
// It knows nothing of what the data mean and sets no bound on what comes out.
// Built with the tag keysift_safeinflate, it hands all work to a library; its
// own code has no unsafe operations either, but is younger.
package inflate

import "errors"

// What may be wrong with compressed data. A [Reader] returns
// [io.ErrUnexpectedEOF] in place of ErrTruncated, as readers do.
var (
	ErrCorrupt   = errors.New("corrupt compressed data")
	ErrSize      = errors.New("compressed data does not have the declared size")
	ErrTruncated = errors.New("truncated")
	ErrChecksum  = errors.New("checksum mismatch")
)

// IsZlib reports whether src begins with the header of a zlib stream.
func IsZlib(src []byte) bool { return zlibHeader(src) == nil }

// A Format is what stands around compressed data.
type Format int

// Formats.
const (
	Raw  Format = iota // nothing
	Zlib               // RFC 1950
	Gzip               // RFC 1952; members that follow each other are one stream
)

// zlibHeader checks the first two bytes of a zlib stream.
func zlibHeader(src []byte) error {
	if len(src) < 2 {
		return ErrTruncated
	}
	// Deflate, window up to 32 KiB, no preset dictionary.
	if src[0]&15 != 8 || src[0]>>4 > 7 || src[1]&32 != 0 || (int(src[0])<<8|int(src[1]))%31 != 0 {
		return ErrCorrupt
	}
	return nil
}
