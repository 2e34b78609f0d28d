// Package pack reads git object databases at memory speed.
//
// A [Store] is one or more objects directories: packs (with index versions 1
// and 2, or none), loose objects and alternates, for SHA-1 and SHA-256.
// [Store.Walk] brings every object once, delta children right after their
// base, so that a caller can reuse what it learnt of the base. [Store.Get]
// reads a single object.
//
// It knows nothing of refs, work trees, configuration or what the contents are
// wanted for, runs no program and never fetches. It takes the whole database
// as hostile: sizes are bounded before memory is allocated, and what cannot be
// read is reported, never passed over in silence.
package pack

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
)

// A Hash is the algorithm that names the objects of a repository.
type Hash uint8

const (
	SHA1 Hash = iota
	SHA256
)

// Size is the number of bytes of a name.
func (h Hash) Size() int {
	if h == SHA256 {
		return 32
	}
	return 20
}

func (h Hash) String() string {
	if h == SHA256 {
		return "sha256"
	}
	return "sha1"
}

// ParseHash returns the algorithm for a value of git's extensions.objectFormat;
// the empty string stands for SHA-1.
func ParseHash(name string) (Hash, error) {
	switch name {
	case "", "sha1":
		return SHA1, nil
	case "sha256":
		return SHA256, nil
	}
	return 0, fmt.Errorf("unknown object format %q", name)
}

// An ID names an object. The zero ID names none. IDs are comparable.
type ID struct {
	sum [32]byte
	n   uint8 // bytes used in sum; the rest are zero
}

// MakeID returns the ID with the given bytes, 20 or 32 of them; otherwise the zero ID.
func MakeID(sum []byte) ID {
	var id ID
	if len(sum) != 20 && len(sum) != 32 {
		return id
	}
	id.n = uint8(copy(id.sum[:], sum))
	return id
}

// ParseID reads 40 or 64 hexadecimal digits.
func ParseID(s string) (ID, error) {
	var id ID
	if len(s) != 40 && len(s) != 64 {
		return ID{}, fmt.Errorf("object id %q: want 40 or 64 digits", s)
	}
	n, err := hex.Decode(id.sum[:], []byte(s))
	if err != nil {
		return ID{}, fmt.Errorf("object id %q: %w", s, err)
	}
	id.n = uint8(n)
	return id, nil
}

// parseHexID is ParseID for text inside an object, without allocation.
func parseHexID(h Hash, s []byte) (ID, bool) {
	var id ID
	if len(s) != 2*h.Size() {
		return id, false
	}
	n, err := hex.Decode(id.sum[:], s)
	if err != nil {
		return ID{}, false
	}
	id.n = uint8(n)
	return id, true
}

// Bytes returns the 20 or 32 bytes of the name; none for the zero ID.
func (id *ID) Bytes() []byte { return id.sum[:id.n] }

// IsZero says whether id names no object: unset, or git's all-zero name.
func (id ID) IsZero() bool { return id.sum == [32]byte{} }

// Compare orders IDs by their bytes, as git does.
func (id ID) Compare(other ID) int {
	if c := bytes.Compare(id.sum[:], other.sum[:]); c != 0 {
		return c
	}
	return int(id.n) - int(other.n)
}

func (id ID) String() string { return hex.EncodeToString(id.sum[:id.n]) }

// A Type is one of git's four kinds of objects, numbered as in a pack.
type Type uint8

const (
	Commit Type = 1
	Tree   Type = 2
	Blob   Type = 3
	Tag    Type = 4
)

// Kinds of pack entries that are no types of their own.
const (
	ofsDelta Type = 6
	refDelta Type = 7
)

func (t Type) String() string {
	switch t {
	case Commit:
		return "commit"
	case Tree:
		return "tree"
	case Blob:
		return "blob"
	case Tag:
		return "tag"
	}
	return fmt.Sprintf("type %d", uint8(t))
}

func (t Type) valid() bool { return t >= Commit && t <= Tag }

func parseType(name []byte) (Type, bool) {
	for t := Commit; t <= Tag; t++ {
		if string(name) == t.String() {
			return t, true
		}
	}
	return 0, false
}

// Types is a set of types.
type Types uint8

// AllTypes holds the four of them.
const AllTypes Types = 1<<Commit | 1<<Tree | 1<<Blob | 1<<Tag

// TypesOf returns the set of the given types.
func TypesOf(types ...Type) Types {
	var s Types
	for _, t := range types {
		s |= 1 << t
	}
	return s
}

// Has says whether t is in the set.
func (s Types) Has(t Type) bool { return s&(1<<t) != 0 }

// Errors that callers tell apart; the others wrap none of these.
var (
	// ErrNotFound: no directory of the store has the object.
	ErrNotFound = errors.New("object not found")
	// ErrTooLarge: the object is larger than Options.MaxObject.
	ErrTooLarge = errors.New("object exceeds the size limit")
	// ErrBase: the object is a delta whose base could not be read.
	ErrBase = errors.New("delta base is unreadable")
)

var (
	errTruncated = errors.New("truncated")
	errHeader    = errors.New("bad object header")
	errDelta     = errors.New("bad delta")
	errChecksum  = errors.New("checksum mismatch")
)
