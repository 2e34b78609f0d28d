package scan

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a credential that was found. Whatever prints, marshals or logs
// one, also as a field of something larger, gets its redacted form: the public
// marker of the format and an ellipsis. Only [Secret.Reveal] gives it back.
type Secret struct {
	// Package fmt prints the fields of a struct on which it may not call
	// methods, and for some verbs also what a pointer among them points to, but
	// of a pointer to a pointer never more than the address.
	box **secretBox
}

type secretBox struct {
	text   string
	marker int
}

// NewSecret returns text as a Secret whose first marker bytes are public.
func NewSecret(text string, marker int) Secret {
	box := &secretBox{text, max(0, min(marker, len(text)))}
	return Secret{&box}
}

// Reveal returns the credential itself. It is for fingerprints, offline checks
// and reports that were asked to show secrets, and for nothing else.
func (s Secret) Reveal() string {
	if s.box == nil {
		return ""
	}
	return (*s.box).text
}

// Len returns the length of the credential in bytes.
func (s Secret) Len() int {
	if s.box == nil {
		return 0
	}
	return len((*s.box).text)
}

// Equal reports whether two secrets are the same text, whatever is public of it.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// String returns the redacted form.
func (s Secret) String() string {
	if s.box == nil {
		return ""
	}
	return (*s.box).text[:(*s.box).marker] + "…"
}

// GoString returns the redacted form, for the verb %#v.
func (s Secret) GoString() string { return fmt.Sprintf("scan.Secret(%q)", s.String()) }

// Format writes the redacted form whatever the verb.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		_, _ = io.WriteString(f, s.GoString())
		return
	}
	if verb == 'q' {
		_, _ = fmt.Fprintf(f, "%q", s.String())
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// MarshalText returns the redacted form.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON returns the redacted form.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// LogValue returns the redacted form.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
