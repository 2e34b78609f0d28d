package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// encode writes v as one line of JSON in which no character is invisible.
func encode(w io.Writer, v any) error {
	data, err := encoded(v)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

func encoded(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding a report: %w", err)
	}
	return jsonASCII(buf.Bytes()), nil
}

// jsonlReporter writes one object a line.
type jsonlReporter struct{ w *bufio.Writer }

func (j *jsonlReporter) Finding(r *Record) error {
	r.Identify()
	return encode(j.w, r)
}

func (j *jsonlReporter) Incomplete(i *Incomplete) error { return encode(j.w, i) }

func (j *jsonlReporter) Close(s *Summary) error {
	if err := encode(j.w, s); err != nil {
		return err
	}
	return j.w.Flush()
}

// jsonReporter writes one object with a finding a line.
type jsonReporter struct {
	w        *bufio.Writer
	findings int
	buffered
}

func (j *jsonReporter) Finding(r *Record) error {
	r.Identify()
	j.findings++
	if j.findings == 1 {
		_, _ = j.w.WriteString("{\"schema\":1,\n\"findings\":[")
	}
	return j.element(j.findings, r)
}

func (j *jsonReporter) Close(s *Summary) error {
	if j.findings == 0 {
		_, _ = j.w.WriteString("{\"schema\":1,\n\"findings\":[")
	}
	_, _ = j.w.WriteString("],\n\"incomplete\":[")
	for i, inc := range j.incomplete {
		if err := j.element(i+1, inc); err != nil {
			return err
		}
	}
	_, _ = j.w.WriteString("],\n\"summary\":")
	if err := encode(j.w, s); err != nil {
		return err
	}
	_, _ = j.w.WriteString("}\n")
	return j.w.Flush()
}

// element writes the nth element, from 1, of an array. The writer keeps an
// error until it is flushed.
func (j *jsonReporter) element(n int, v any) error {
	if n > 1 {
		_ = j.w.WriteByte(',')
	}
	_ = j.w.WriteByte('\n')
	data, err := encoded(v)
	if err != nil {
		return err
	}
	_, err = j.w.Write(bytes.TrimSuffix(data, []byte("\n")))
	return err
}

// writeIndented writes v with one space a level and ends the report.
func writeIndented(w *bufio.Writer, v any) error {
	data, err := encoded(v)
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := json.Indent(&buf, data, "", " "); err != nil {
		return fmt.Errorf("encoding a report: %w", err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return err
	}
	return w.Flush()
}
