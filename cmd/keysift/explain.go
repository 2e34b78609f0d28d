package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/judge"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

func explainCommand() *command {
	return &command{
		name: "explain", args: "RULE | PATH:LINE | --from FILE.jsonl FINGERPRINT",
		summary: "shows the runbook of a rule or a finding, or why a line is reported or not",
		manual: `
keysift explain RULE       shows what the rule with this id, or this id of
                           another scanner, looks for, and what to do about a
                           credential that it found, step by step.
keysift explain PATH:LINE  shows what was found on a line, and for every value
                           on it what the judge made of it: its name, what it
                           looks like, and the features that decided. It never
                           shows the value.
keysift explain --from FILE.jsonl FINGERPRINT
                           shows a stored finding with its places and what to do
                           about it. FILE is a report in the format jsonl, "-"
                           standard input; the start of a fingerprint is enough
                           if no other one starts so.`,
		setup: func(f *pflag.FlagSet) runFunc {
			c := &rulesFlags{}
			f.StringArrayVar(&c.files, "rules", nil, "add the rules in `FILE`")
			from := ""
			f.StringVar(&from, "from", "", "explain a finding of the stored report `FILE`")
			return func(_ context.Context, sys *system, args []string) error {
				switch {
				case len(args) == 1 && f.Changed("from"):
					return explainStored(sys, from, args[0])
				case f.Changed("from"):
					return errors.New("want one finding: keysift explain --from FILE.jsonl FINGERPRINT")
				case len(args) != 1:
					return errors.New("want one argument: keysift explain RULE or keysift explain PATH:LINE")
				}
				if path, line, ok := splitPlace(args[0]); ok {
					set, err := loadRules(c.files)
					if err != nil {
						return err
					}
					return explainLine(sys.stdout, set, newNames(set).Redact(path), path, line)
				}
				return c.show(sys.stdout, args[0])
			}
		},
	}
}

// splitPlace splits PATH:LINE, or PATH:LINE:COLUMN as reports print it.
func splitPlace(s string) (path string, line int, ok bool) {
	m := regexp.MustCompile(`^(.+?):([0-9]+)(?::[0-9]+)?$`).FindStringSubmatch(s)
	if m == nil {
		return "", 0, false
	}
	line, err := strconv.Atoi(m[2])
	return m[1], line, err == nil && line > 0
}

// maxExplained bounds the file that a line is explained in.
const maxExplained = 64 << 20

// explainLine explains the nth line of the file at path, which is printed as shown.
func explainLine(w io.Writer, set *rules.Set, shown, path string, n int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxExplained+1))
	if err != nil {
		return err
	}
	if len(data) > maxExplained {
		return fmt.Errorf("%s: larger than %d MB; cut out the part around the line and explain that", path, maxExplained>>20)
	}
	switch lines := countLines(data); {
	case lines == 0:
		return fmt.Errorf("%s has no line %d; it is empty", path, n)
	case n > lines:
		return fmt.Errorf("%s has no line %d; its last one is %d", path, n, lines)
	}
	x := scan.New(set, scan.Options{}).Explain(&scan.Chunk{Path: path, Data: data}, n)
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s:%d\n", report.Visible(shown), n)
	for i := range x.Findings {
		writeFinding(out, &x.Findings[i])
	}
	if len(x.Findings) == 0 {
		fmt.Fprintln(out, "\nNothing is reported on this line.")
	}
	if len(x.Judged) == 0 {
		fmt.Fprintln(out, "\nNo value stands where a credential may stand.")
	}
	for i := range x.Judged {
		writeJudged(out, &x.Judged[i])
	}
	if len(x.Judged) > 0 && !x.Looked {
		fmt.Fprintln(out, "\nA scan does not let the judge look at this line: no credential word and no random-looking value stands on it.")
	}
	return out.Flush()
}

// countLines returns the number of lines, the last of which need not be ended.
func countLines(data []byte) int {
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && data[len(data)-1] != '\n' {
		n++
	}
	return n
}

// explainStored shows the finding of a stored report that has a fingerprint.
func explainStored(sys *system, file, print string) error {
	if !isFingerprintStart(print) {
		return fmt.Errorf("%q is no fingerprint, which looks like ks1- and 32 hexadecimal digits", print)
	}
	run, err := readRun(sys, file)
	if err != nil {
		return err
	}
	merged := report.Merge(run)
	var found []*report.Record
	for _, r := range merged.Findings {
		if strings.HasPrefix(r.Fingerprint, print) {
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 0:
		return fmt.Errorf("%s holds no finding with the fingerprint %s", file, print)
	case found[0].Fingerprint != found[len(found)-1].Fingerprint:
		return fmt.Errorf("%s holds several findings whose fingerprints start with %s; say more of it", file, print)
	}
	return report.WriteRunbook(sys.stdout, found...)
}

// isFingerprintStart reports whether s is the start of a fingerprint that says
// something of it.
func isFingerprintStart(s string) bool {
	return regexp.MustCompile(`^ks1-[0-9a-f]{4,32}$`).MatchString(s)
}

func writeFinding(out io.Writer, f *scan.Finding) {
	_, _ = fmt.Fprintf(out, "\nFound: %s %v by rule %s\n  confidence  %v (score %.3f)", f.Rule.Title, f.Secret, f.Rule.ID, f.Confidence, f.Score)
	if f.Reason != "" {
		_, _ = fmt.Fprintf(out, ", %s", f.Reason)
	}
	_, _ = fmt.Fprintf(out, "\n  severity    %v\n", f.Severity)
}

func writeJudged(out io.Writer, e *judge.Explanation) {
	_, _ = fmt.Fprintf(out, "\nJudged: a value in the form %q", e.Form)
	if e.Name != "" {
		_, _ = fmt.Fprintf(out, " named %s", report.Visible(strconv.Quote(e.Name)))
	}
	_, _ = fmt.Fprintf(out, "\n  language    %s\n  looks like  %s\n", e.Family, e.Class)
	if e.Withheld != "" {
		_, _ = fmt.Fprintf(out, "  placeholder %s\n", e.Withheld)
	}
	if e.Rejected != "" {
		_, _ = fmt.Fprintf(out, "  turned away %s\n", e.Rejected)
		return
	}
	_, _ = fmt.Fprintf(out, "  score       %.3f (%v)\n", e.Score, e.Level)
	if e.Capped != "" {
		_, _ = fmt.Fprintf(out, "  at most low %s\n", e.Capped)
	}
	for _, r := range e.Reasons {
		_, _ = fmt.Fprintf(out, "  %+.2f       %s = %s\n", r.Weight, r.Feature, strings.TrimSuffix(strconv.FormatFloat(float64(r.Value), 'f', 2, 32), ".00"))
	}
}
