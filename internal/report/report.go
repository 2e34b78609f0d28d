package report

import (
	"bufio"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/keysift/keysift/rules"
)

// A Reporter writes records in one format. It is used by one goroutine:
// Finding for each record, in order of path and position, then Incomplete,
// then Close once, which ends the report but not the writer beneath it. A
// Reporter keeps the records it is given and may call [Record.Identify].
type Reporter interface {
	Finding(*Record) error
	Incomplete(*Incomplete) error
	Close(*Summary) error
}

// Options configure a Reporter. The zero value works.
type Options struct {
	Color bool // text: use the colours of a terminal
	// Terse leaves out of text what a caller writes elsewhere: coverage and
	// incompletes.
	Terse bool
	// Note ends a text report without findings.
	Note string
	// GroupBy gives text, markdown and html a heading for each group of
	// findings: "owner", "provider" or "path". A Record is one secret, so that
	// "secret" is the same as none.
	GroupBy string
	// Relative turns a Record's path into one relative to the root of the
	// repository, for sarif, github and gitlab. Nil leaves it as it is.
	Relative func(path string) string
	// Remedy finds the runbooks that sarif gives with its rules. Without it
	// they are taken from the records.
	Remedy func(id string) (*rules.Remedy, bool)
	// Start is when the run began, for gitlab.
	Start time.Time
}

func (o *Options) relative(path string) string {
	if o.Relative == nil {
		return path
	}
	return o.Relative(path)
}

// Formats returns the names of all formats.
func Formats() []string {
	return []string{"text", "json", "jsonl", "sarif", "github", "gitlab", "junit", "csv", "markdown", "html"}
}

// FormatOf returns the format that a file name's extension stands for, or
// an empty string.
func FormatOf(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".txt":
		return "text"
	case ".json":
		return "json"
	case ".jsonl", ".ndjson":
		return "jsonl"
	case ".sarif":
		return "sarif"
	case ".xml":
		return "junit"
	case ".csv":
		return "csv"
	case ".md", ".markdown":
		return "markdown"
	case ".html", ".htm":
		return "html"
	}
	return ""
}

// New returns a Reporter that writes format to w, buffered until Close.
func New(format string, w io.Writer, opts Options) (Reporter, error) {
	if !slices.Contains([]string{"", "owner", "provider", "secret", "path"}, opts.GroupBy) {
		return nil, fmt.Errorf("unknown group %q, want one of owner, provider, secret, path", opts.GroupBy)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	switch format {
	case "text":
		return &textReporter{w: out, opts: opts}, nil
	case "json":
		return &jsonReporter{w: out}, nil
	case "jsonl":
		return &jsonlReporter{w: out}, nil
	case "sarif":
		return &sarifReporter{w: out, opts: opts}, nil
	case "github":
		return &githubReporter{w: out, opts: opts}, nil
	case "gitlab":
		return &gitlabReporter{w: out, opts: opts}, nil
	case "junit":
		return &junitReporter{w: out}, nil
	case "csv":
		return &csvReporter{w: out}, nil
	case "markdown":
		return &markdownReporter{w: out, opts: opts}, nil
	case "html":
		return &htmlReporter{w: out, opts: opts}, nil
	}
	return nil, fmt.Errorf("unknown format %q, want one of %s", format, strings.Join(Formats(), ", "))
}

// buffered keeps what a Reporter can only write at its end.
type buffered struct {
	findings   []*Record
	incomplete []*Incomplete
}

func (b *buffered) Finding(r *Record) error {
	b.findings = append(b.findings, r)
	return nil
}

func (b *buffered) Incomplete(i *Incomplete) error {
	b.incomplete = append(b.incomplete, i)
	return nil
}
