package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// maxLine bounds a line of a stored report. The longest record, with a
// thousand places of long paths, stays well under it.
const maxLine = 64 << 20

// ReadJSONL reads a report in the format jsonl. Unknown fields are passed
// over; a line that is no record is an error that names the line. A report
// that ends before its summary is returned with a nil Summary.
func ReadJSONL(r io.Reader) (*Run, error) {
	run := new(Run)
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(lines.Bytes())
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(line) == 0 {
			continue
		}
		if err := run.read(line); err != nil {
			if first := len(run.Findings)+len(run.Incomplete) == 0 && run.Summary == nil; first {
				return nil, otherFormat(line, n, err)
			}
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return run, nil
}

// otherFormat returns the error for a report whose first line, which is the nth,
// is no record.
func otherFormat(line []byte, n int, err error) error {
	const ask = "; only the format jsonl is read: keysift scan --format jsonl writes it"
	var syntax *json.SyntaxError
	switch {
	case bytes.HasPrefix(line, []byte(`{"schema"`)):
		return errors.New("a report of the format json" + ask)
	case bytes.HasPrefix(line, []byte("<")):
		return errors.New("a report in XML or HTML" + ask)
	case errors.As(err, &syntax), line[0] != '{':
		return fmt.Errorf("line %d is no JSON object%s", n, ask)
	}
	return fmt.Errorf("line %d: %w", n, err)
}

func (r *Run) read(line []byte) error {
	var head struct {
		Type     string          `json:"type"`
		Findings json.RawMessage `json:"findings"`
	}
	if err := unmarshal(line, &head); err != nil {
		return err
	}
	switch head.Type {
	case "finding":
		f := new(Record)
		if err := unmarshal(line, f); err != nil {
			return err
		}
		if err := f.validate(); err != nil {
			return err
		}
		r.Findings = append(r.Findings, f)
	case "incomplete":
		i := new(Incomplete)
		if err := unmarshal(line, i); err != nil {
			return err
		}
		if i.Reason == "" {
			return errors.New("incomplete without a reason")
		}
		r.Incomplete = append(r.Incomplete, i)
	case "summary":
		s := new(Summary)
		if err := unmarshal(line, s); err != nil {
			return err
		}
		r.Summary = addSummaries(r.Summary, s)
	case "":
		if head.Findings != nil {
			return errors.New("a report of the format json")
		}
		return errors.New(`no "type", want finding, incomplete or summary`)
	default:
		return fmt.Errorf("unknown type %q, want finding, incomplete or summary", head.Type)
	}
	return nil
}

// unmarshal decodes JSON without repeating its text in an error.
func unmarshal(line []byte, v any) error {
	err := json.Unmarshal(line, v)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("no JSON object: byte %d: %w", syntax.Offset, syntax)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Errorf("field %q: want %s, got %s", kind.Field, kind.Type, kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("want an object, got %s", kind.Value)
	}
	return fmt.Errorf("no record: %w", err)
}

// validate checks what the formats rely on.
func (r *Record) validate() error {
	if r.Rule == "" {
		return errors.New(`finding without a "rule"`)
	}
	if r.Path == "" {
		return errors.New(`finding without a "path"`)
	}
	if _, err := rules.ParseKind(r.Kind); err != nil {
		return err
	}
	if _, err := rules.ParseSeverity(r.Severity); err != nil {
		return err
	}
	if _, err := rules.ParseConfidence(r.Confidence); err != nil {
		return err
	}
	if r.Exposure != "" {
		if _, err := scan.ParseExposure(r.Exposure); err != nil {
			return err
		}
	}
	if r.Score < 0 || r.Score > 1 {
		return fmt.Errorf("score %v is not between 0 and 1", r.Score)
	}
	if r.Start.Line < 0 || r.Start.Column < 0 || r.Start.Byte < 0 || r.Start.Char < 0 || r.End.Char < 0 || r.End.Line < 0 || r.End.Column < 0 || r.End.Byte < 0 {
		return errors.New("negative position")
	}
	if r.Length < 0 || r.PlacesTotal < 0 || r.PlacesTotal < len(r.Places) {
		return errors.New("length and places_total do not fit the record")
	}
	if r.Priority < 1 || r.Priority > 4 {
		r.Priority = Priority(r.severity(), r.confidence(), r.exposure())
	}
	return nil
}
