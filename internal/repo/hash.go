package repo

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
)

// A Format is the hash function that names the objects of a repository. Its
// zero value is SHA1, git's default.
type Format uint8

// Object formats.
const (
	SHA1 Format = iota
	SHA256
)

// Size returns the length of an object id in bytes.
func (f Format) Size() int {
	if f == SHA256 {
		return sha256.Size
	}
	return sha1.Size
}

// String returns the name used by extensions.objectFormat.
func (f Format) String() string {
	if f == SHA256 {
		return "sha256"
	}
	return "sha1"
}

func (f Format) new() hash.Hash {
	if f == SHA256 {
		return sha256.New()
	}
	return sha1.New()
}

// A Hash is an object id of either format. It is comparable; the zero value
// names no object.
type Hash struct {
	sum  [sha256.Size]byte
	size uint8
}

// HashOf returns the id whose bytes are b. Its length must be that of a
// format; b is copied.
func HashOf(b []byte) (Hash, error) {
	if len(b) != sha1.Size && len(b) != sha256.Size {
		return Hash{}, fmt.Errorf("object id of %d bytes", len(b))
	}
	return hashOf(b), nil
}

func hashOf(b []byte) Hash {
	var h Hash
	h.size = uint8(copy(h.sum[:], b))
	return h
}

// ParseHash reads an id in hexadecimal, of either case.
func ParseHash(s string) (Hash, error) {
	var h Hash
	if len(s) != 2*sha1.Size && len(s) != 2*sha256.Size {
		return Hash{}, fmt.Errorf("object id of %d digits", len(s))
	}
	n, err := hex.Decode(h.sum[:], []byte(s))
	if err != nil {
		return Hash{}, fmt.Errorf("object id: %w", err)
	}
	h.size = uint8(n)
	return h, nil
}

// Bytes returns a copy of the id's bytes, empty for the zero value.
func (h Hash) Bytes() []byte { return bytes.Clone(h.sum[:h.size]) }

// String returns the id in lower-case hexadecimal, empty for the zero value.
func (h Hash) String() string { return hex.EncodeToString(h.sum[:h.size]) }

// IsZero reports whether h names no object: it is the zero value or git's
// null id.
func (h Hash) IsZero() bool { return h.sum == [sha256.Size]byte{} }

// is reports whether the bytes of the id are b.
func (h *Hash) is(b []byte) bool { return bytes.Equal(h.sum[:h.size], b) }

// HashBlob returns the id that git gives to a blob of this content.
func HashBlob(data []byte, f Format) Hash { return hashObject("blob", data, f) }

func hashObject(typ string, data []byte, f Format) Hash {
	w := f.new()
	head := append([]byte(typ), ' ')
	head = append(strconv.AppendInt(head, int64(len(data)), 10), 0)
	w.Write(head) // a hash never returns an error
	w.Write(data)
	var h Hash
	h.size = uint8(len(w.Sum(h.sum[:0])))
	return h
}

// emptyTree is the id of the tree without entries, which git takes to exist
// in every repository.
func emptyTree(f Format) Hash { return hashObject("tree", nil, f) }
