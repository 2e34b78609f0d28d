package report

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// gitlabRequired is what the schema of GitLab's secret detection reports wants:
// for each object its keys, and for each text what it looks like. "[]" stands
// for each element of a list.
var gitlabRequired = map[string]string{
	"version":                               `^15\.[0-9]+\.[0-9]+$`,
	"scan.type":                             `^secret_detection$`,
	"scan.status":                           `^(success|failure)$`,
	"scan.start_time":                       `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$`,
	"scan.end_time":                         `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$`,
	"scan.analyzer.id":                      `.`,
	"scan.analyzer.name":                    `.`,
	"scan.analyzer.version":                 `.`,
	"scan.analyzer.vendor.name":             `.`,
	"scan.scanner.id":                       `.`,
	"scan.scanner.name":                     `.`,
	"scan.scanner.version":                  `.`,
	"scan.scanner.vendor.name":              `.`,
	"vulnerabilities[].id":                  `.`,
	"vulnerabilities[].category":            `^secret_detection$`,
	"vulnerabilities[].name":                `^.{1,255}$`,
	"vulnerabilities[].description":         `.`,
	"vulnerabilities[].severity":            `^(Info|Unknown|Low|Medium|High|Critical)$`,
	"vulnerabilities[].location.file":       `.`,
	"vulnerabilities[].location.commit.sha": `.`,
	"vulnerabilities[].identifiers[].type":  `.`,
	"vulnerabilities[].identifiers[].name":  `.`,
	"vulnerabilities[].identifiers[].value": `.`,
}

// gitlabOptional is what these texts look like where they are there.
var gitlabOptional = map[string]string{
	"scan.messages[].level":         `^(info|warn|fatal)$`,
	"scan.messages[].value":         `.`,
	"vulnerabilities[].links[].url": `^https://`,
	"vulnerabilities[].solution":    `.`,
}

func TestGitLabSchema(t *testing.T) {
	empty := NewCollector(CollectorOptions{}).Collect(Summary{})
	for name, run := range map[string]*Run{"sample": sampleRun(false), "hostile": hostileRun("a\n\x1b\u202e"), "empty": empty} {
		var report any
		text := render(t, run, "gitlab", Options{Remedy: remedies, Start: time.Unix(0, 0)})
		if err := json.Unmarshal([]byte(text), &report); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		root, ok := report.(map[string]any)
		if list, isList := root["vulnerabilities"].([]any); !ok || !isList || (name == "empty") != (len(list) == 0) {
			t.Errorf("%s: vulnerabilities is no list, or not as long as it should be", name)
		}
		for path, pattern := range gitlabRequired {
			checkTexts(t, name, report, path, pattern, true)
		}
		for path, pattern := range gitlabOptional {
			checkTexts(t, name, report, path, pattern, false)
		}
		ids := textsAt(report, "vulnerabilities[].id")
		slices.Sort(ids)
		if len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Errorf("%s: an id stands twice", name)
		}
	}
}

func checkTexts(t *testing.T, name string, report any, path, pattern string, required bool) {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for _, text := range textsAt(report, path) {
		if missing := strings.HasPrefix(text, "\x00"); missing && required || !missing && !re.MatchString(text) {
			t.Errorf("%s: %s is %q, want %s", name, path, text, pattern)
		}
	}
}

// textsAt returns the texts at a path, and one that begins with a NUL for each
// that is not there.
func textsAt(v any, path string) []string {
	key, rest, more := strings.Cut(path, ".")
	name, isList := strings.CutSuffix(key, "[]")
	object, _ := v.(map[string]any)
	child, ok := object[name]
	if !ok {
		return []string{"\x00missing"}
	}
	if !isList && !more {
		text, ok := child.(string)
		if !ok {
			return []string{fmt.Sprintf("\x00%v", child)}
		}
		return []string{text}
	}
	if !isList {
		return textsAt(child, rest)
	}
	var out []string
	list, _ := child.([]any)
	for _, element := range list {
		out = append(out, textsAt(element, rest)...)
	}
	return out
}
