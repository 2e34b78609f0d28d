package policy

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// baselineSchema is the version of the format.
const baselineSchema = 1

// saltWords is the number of random words of 32 bits in a baseline's salt. They
// are written as numbers: a string of that name looks like a credential.
const saltWords = 4

// An Entry is one known finding. It holds neither the secret nor a part of it.
type Entry struct {
	Fingerprint string `json:"fingerprint"`
	Rule        string `json:"rule,omitempty"` // a hint for readers, as Path is: neither decides
	Path        string `json:"path,omitempty"`
	Status      string `json:"status"` // one of Statuses
	// Reason is empty until somebody has looked at the finding.
	Reason  string `json:"reason,omitempty"`
	Expires string `json:"expires,omitempty"` // a day, see ParseDate
	Added   string `json:"added,omitempty"`   // a day
}

// Audited reports whether somebody has decided about the entry.
func (e *Entry) Audited() bool { return e.Reason != "" }

// A Baseline is a file of known findings. Its fingerprints are made either with
// its own salt or with an organisation's key, of which it holds the id.
type Baseline struct {
	Name    string // path of the file
	Salt    []byte // nil with KeyID; nil without for the built-in salt
	KeyID   string
	Entries []Entry

	index map[string]int // number of an entry by its fingerprint
	used  []bool
}

// baselineFile is the form of the file. Its keys are those of BaselineKeys.
type baselineFile struct {
	Schema   int      `json:"schema"`
	Salt     []uint32 `json:"salt,omitempty"`
	KeyID    string   `json:"key_id,omitempty"`
	Findings []Entry  `json:"findings"`
}

// NewBaseline returns an empty baseline for the file of a name. Its fingerprints
// are made with key if there is one, else with a salt drawn from random.
func NewBaseline(name string, key []byte, random io.Reader) (*Baseline, error) {
	b := &Baseline{Name: name, index: map[string]int{}}
	if len(key) > 0 {
		b.KeyID = KeyID(key)
		return b, nil
	}
	b.Salt = make([]byte, 4*saltWords)
	if _, err := io.ReadFull(cmp.Or[io.Reader](random, rand.Reader), b.Salt); err != nil {
		return nil, fmt.Errorf("drawing the salt of %s: %w", name, err)
	}
	return b, nil
}

// KeyID names a key without giving it away: eight hexadecimal digits.
func KeyID(key []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("keysift key id"))
	return hex.EncodeToString(mac.Sum(nil)[:4])
}

// ParseBaseline reads the content of a baseline file. An error names the line.
func ParseBaseline(name string, data []byte) (*Baseline, error) {
	f, ok := decodeWritten(data)
	if !ok {
		var err error
		if f, err = decodeBaseline(name, data); err != nil {
			return nil, err
		}
	}
	if f.Schema != baselineSchema {
		return nil, fmt.Errorf("%s: schema is %d, this version of keysift reads %d", name, f.Schema, baselineSchema)
	}
	b := &Baseline{Name: name, KeyID: f.KeyID, Entries: f.Findings}
	if len(f.Salt) > 0 {
		if len(f.Salt) != saltWords {
			return nil, fmt.Errorf("%s: salt has %d numbers, want %d", name, len(f.Salt), saltWords)
		}
		for _, w := range f.Salt {
			b.Salt = binary.BigEndian.AppendUint32(b.Salt, w)
		}
	}
	b.index = make(map[string]int, len(b.Entries))
	for i := range b.Entries {
		e := &b.Entries[i]
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("%s:%d: finding %d: %w", name, lineOf(data, e.Fingerprint), i+1, err)
		}
		if _, ok := b.index[e.Fingerprint]; !ok { // merged branches may both have it
			b.index[e.Fingerprint] = i
		}
	}
	b.used = make([]bool, len(b.Entries))
	return b, nil
}

func decodeBaseline(name string, data []byte) (*baselineFile, error) {
	f := new(baselineFile)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(f); err != nil {
		return nil, jsonError(name, data, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s:%d: something follows the end", name, lineAt(data, d.InputOffset()))
	}
	return f, nil
}

// What Format writes around the entries.
const (
	beforeEntries = "  \"findings\": ["
	afterEntries  = "\n  ]\n}\n"
)

// decodeWritten reads a file that is as Format writes it, ten times as fast as
// package json. It reports false for any other one.
func decodeWritten(data []byte) (*baselineFile, bool) {
	head, body, ok := strings.Cut(string(data), beforeEntries+"\n")
	if !ok {
		return nil, false
	}
	if body, ok = strings.CutSuffix(body, afterEntries); !ok {
		return nil, false
	}
	f, err := decodeBaseline("", []byte(head+beforeEntries+"]}"))
	if err != nil {
		return nil, false
	}
	f.Findings = make([]Entry, 0, strings.Count(body, "\n")+1)
	for more := true; more; {
		var line string
		line, body, more = strings.Cut(body, ",\n")
		var e Entry
		if !e.decode(line) {
			return nil, false
		}
		f.Findings = append(f.Findings, e)
	}
	return f, true
}

// decode reads an entry as it is written, with its keys in order. It reports
// false for what takes a real parser.
func (e *Entry) decode(line string) bool {
	line, ok := strings.CutPrefix(line, "    {")
	if !ok {
		return false
	}
	for _, field := range []struct {
		key  string
		to   *string
		must bool
	}{
		{`"fingerprint":"`, &e.Fingerprint, true}, {`"rule":"`, &e.Rule, false}, {`"path":"`, &e.Path, false}, {`"status":"`, &e.Status, true},
		{`"reason":"`, &e.Reason, false}, {`"expires":"`, &e.Expires, false}, {`"added":"`, &e.Added, false},
	} {
		rest, ok := strings.CutPrefix(line, field.key)
		if !ok {
			if field.must {
				return false
			}
			continue
		}
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return false
		}
		*field.to, line = rest[:end], rest[end+1:]
		if strings.HasPrefix(line, `,"`) {
			line = line[1:]
		} else if line != "}" {
			return false
		}
		if !isPlain(*field.to) {
			return false
		}
	}
	return line == "}"
}

// isPlain reports whether a string stands in JSON as it is.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] == '\\' {
			return false
		}
	}
	return utf8.ValidString(s)
}

func (e *Entry) check() error {
	if err := validFingerprint(e.Fingerprint); err != nil {
		return err
	}
	if err := ParseStatus(e.Status); err != nil {
		return err
	}
	for _, day := range []string{e.Expires, e.Added} {
		if day == "" {
			continue
		}
		if _, err := ParseDate(day); err != nil {
			return err
		}
	}
	return nil
}

// jsonError gives an error of package json the line where it arose.
func jsonError(name string, data []byte, err error) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s:%d: %w", name, lineAt(data, syntax.Offset), err)
	case errors.As(err, &mismatch):
		return fmt.Errorf("%s:%d: %s is a %s", name, lineAt(data, mismatch.Offset), cmp.Or(mismatch.Field, "the file"), mismatch.Value)
	}
	text := strings.TrimPrefix(err.Error(), "json: ")
	if field, ok := strings.CutPrefix(text, "unknown field "); ok {
		return fmt.Errorf("%s:%d: unknown key %s", name, lineOf(data, strings.Trim(field, `"`)), field)
	}
	return fmt.Errorf("%s: %s", name, text)
}

func lineAt(data []byte, offset int64) int {
	return bytes.Count(data[:min(max(offset, 0), int64(len(data)))], []byte("\n")) + 1
}

// lineOf returns the line of the first string with a value.
func lineOf(data []byte, value string) int {
	return lineAt(data, int64(bytes.Index(data, []byte(`"`+value+`"`))))
}

// Find returns the entry with a fingerprint, or nil. It is valid until entries
// are added.
func (b *Baseline) Find(fingerprint string) *Entry {
	if i, ok := b.index[fingerprint]; ok {
		return &b.Entries[i]
	}
	return nil
}

// Add takes in entries whose fingerprints are new, each once, and returns how
// many those are. What is there keeps its order; a new entry goes where it
// belongs by path, rule and fingerprint.
func (b *Baseline) Add(entries ...Entry) int {
	var fresh []Entry
	seen := map[string]bool{}
	for _, e := range entries {
		if _, known := b.index[e.Fingerprint]; !known && !seen[e.Fingerprint] {
			seen[e.Fingerprint] = true
			fresh = append(fresh, e)
		}
	}
	slices.SortFunc(fresh, compareBaselineEntries)
	merged := make([]Entry, 0, len(b.Entries)+len(fresh))
	next := 0
	for _, e := range b.Entries {
		for next < len(fresh) && compareBaselineEntries(fresh[next], e) < 0 {
			merged = append(merged, fresh[next])
			next++
		}
		merged = append(merged, e)
	}
	b.set(append(merged, fresh[next:]...))
	return len(fresh)
}

// Remove takes out the entries for which drop is true and returns their number.
func (b *Baseline) Remove(drop func(*Entry) bool) int {
	before := len(b.Entries)
	b.set(slices.DeleteFunc(slices.Clone(b.Entries), func(e Entry) bool { return drop(&e) }))
	return before - len(b.Entries)
}

func (b *Baseline) set(entries []Entry) {
	b.Entries = entries
	b.index = make(map[string]int, len(entries))
	for i := range entries {
		if _, ok := b.index[entries[i].Fingerprint]; !ok {
			b.index[entries[i].Fingerprint] = i
		}
	}
	b.used = make([]bool, len(entries))
}

func compareBaselineEntries(a, b Entry) int {
	return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Rule, b.Rule), strings.Compare(a.Fingerprint, b.Fingerprint))
}

// Format returns the content of the file: a line for each entry, so that two
// branches that add different ones merge.
func (b *Baseline) Format() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n  \"schema\": %d,\n", baselineSchema)
	if len(b.Salt) == 4*saltWords {
		var words []string
		for i := 0; i < len(b.Salt); i += 4 {
			words = append(words, strconv.FormatUint(uint64(binary.BigEndian.Uint32(b.Salt[i:])), 10))
		}
		fmt.Fprintf(&out, "  \"salt\": [%s],\n", strings.Join(words, ", "))
	}
	if b.KeyID != "" {
		fmt.Fprintf(&out, "  \"key_id\": %q,\n", b.KeyID)
	}
	out.WriteString(beforeEntries)
	for i, e := range b.Entries {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n    ")
		if err := encodeEntry(&out, &e); err != nil {
			return nil, fmt.Errorf("writing %s: %w", b.Name, err)
		}
	}
	if len(b.Entries) > 0 {
		out.WriteString("\n  ")
	}
	out.WriteString("]\n}\n")
	return out.Bytes(), nil
}

func encodeEntry(out *bytes.Buffer, e *Entry) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return err
	}
	out.Truncate(out.Len() - 1) // the line break
	return nil
}

// take marks an entry as used and returns the reason that it gives, if it
// counts now.
func (b *Baseline) take(fingerprint string, now time.Time) (string, bool) {
	i, ok := b.index[fingerprint]
	if !ok {
		return "", false
	}
	b.used[i] = true
	e := &b.Entries[i]
	if expired(e.Expires, now) {
		return "", false
	}
	if e.Reason == "" {
		return e.Status + ", not audited", true
	}
	return e.Status + ": " + e.Reason, true
}

// Expired reports whether the entry no longer counts.
func (e *Entry) Expired(now time.Time) bool { return expired(e.Expires, now) }
