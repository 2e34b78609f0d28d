package report

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/keysift/keysift/internal/scan"
)

const (
	// fingerprintPrefix names the scheme, so that a later one can be told apart.
	fingerprintPrefix = "ks1-"
	// fingerprintSize is the number of bytes kept of the HMAC.
	fingerprintSize = 16
	// stretchIterations is the cost of one guess at a guessable value.
	stretchIterations = 10_000
)

// builtinSalt serves where neither a key nor a baseline's salt is given.
const builtinSalt = "keysift fingerprint, built-in salt 1"

// A Fingerprinter makes fingerprints of secrets. A fingerprint depends on the
// secret and the key alone: rule, path and line do not enter into it.
//
// The form is "ks1-" and 32 hexadecimal digits: HMAC-SHA-256 under the key,
// cut to 16 bytes. A value whose [Strength] is under 64 bits goes through
// PBKDF2-SHA-256 with 10,000 iterations first, so that whoever has the
// fingerprint and the salt, but not the key, pays about two milliseconds of
// one core a guess: a million guesses take half an hour. That slows the
// guessing of a weak password and does not prevent it; a key that is not
// published does.
//
// A Fingerprinter remembers what it has computed and is not safe for
// concurrent use. Its zero value uses the built-in salt.
type Fingerprinter struct {
	key  []byte
	done map[[sha256.Size]byte]string
}

// NewFingerprinter returns a Fingerprinter for key, the content of an
// organisation's key file. Without one it uses salt, which a baseline holds,
// and without that the built-in salt.
func NewFingerprinter(key, salt []byte) *Fingerprinter {
	if len(key) == 0 {
		key = salt
	}
	return &Fingerprinter{key: key}
}

// Of returns the fingerprint of a finding. One that has no secret, as a file
// that ought to be ignored, is known by its rule and path instead.
func (p *Fingerprinter) Of(f *scan.Finding) string {
	if f.Secret.Len() == 0 {
		return p.sum("place", f.Rule.ID+"\x00"+f.Path)
	}
	return p.Secret(f.Secret)
}

// Secret returns the fingerprint of s.
func (p *Fingerprinter) Secret(s scan.Secret) string {
	text := s.Reveal()
	known := sha256.Sum256([]byte(text))
	if fp, ok := p.done[known]; ok {
		return fp
	}
	var fp string
	// The whole text is judged and not what follows the marker: how much of
	// it is marker depends on the rule, and a fingerprint must not.
	if Strength(text) < guessable {
		fp = p.sum("stretched", p.stretch(text))
	} else {
		fp = p.sum("secret", text)
	}
	if p.done == nil {
		p.done = make(map[[sha256.Size]byte]string)
	}
	p.done[known] = fp
	return fp
}

// salt returns what keys the fingerprints.
func (p *Fingerprinter) salt() []byte {
	if len(p.key) == 0 {
		return []byte(builtinSalt)
	}
	return p.key
}

func (p *Fingerprinter) stretch(text string) string {
	out, err := pbkdf2.Key(sha256.New, text, p.salt(), stretchIterations, sha256.Size)
	if err != nil {
		// Only a key length or a hash that a FIPS mode forbids gets here. The
		// sum below is keyed all the same.
		return text
	}
	return string(out)
}

// sum returns the fingerprint of value in the domain that kind names.
func (p *Fingerprinter) sum(kind, value string) string {
	mac := hmac.New(sha256.New, p.salt())
	mac.Write([]byte(kind))
	mac.Write([]byte{0})
	mac.Write([]byte(value))
	return fingerprintPrefix + hex.EncodeToString(mac.Sum(nil)[:fingerprintSize])
}

// publicHash returns the SHA-256 by which an owner finds a token in a log or a
// vault, or nothing for a value that the hash would let others guess.
func publicHash(s scan.Secret) string {
	text := s.Reveal()
	marker := len(strings.TrimSuffix(s.String(), "…"))
	if Strength(text[min(marker, len(text)):]) < guessable {
		return ""
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
