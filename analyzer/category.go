package analyzer

import (
	"slices"

	"github.com/keysift/keysift/rules"
)

// The categories of diagnostics that no rule of the set stands for.
const (
	ruleHardcoded = "hardcoded-credential"
	ruleURL       = "credential-in-url"
	ruleTransport = "credential-over-http"
	ruleLog       = "credential-in-log"
	ruleError     = "credential-in-error"
)

// A Category is a kind of finding that the types of a program tell, and no rule
// of the set.
type Category struct {
	Rule     *rules.Rule // what findings of it have as their rule; it has no pattern
	Analyzer string      // the name of the analyzer that reports it
	Finds    string      // what is found, in sentences
	Example  string      // lines of Go that are found, without a secret in them
	Why      string      // what comes of it, in sentences
	Fix      string      // what to do about it, in sentences
}

// Categories returns the categories in the order of their ids. The rules in
// them are the caller's to keep but not to change.
func Categories() []Category {
	out := make([]Category, 0, len(categories))
	for _, c := range categories {
		out = append(out, c.category())
	}
	return out
}

// CategoriesOf returns the category with an id, or else those with an alias:
// the name of an analyzer stands for all that it reports. Nothing if there are
// none.
func CategoriesOf(id string) []Category {
	var out []Category
	for _, c := range categories {
		if c.id == id {
			return []Category{c.category()}
		}
		if slices.Contains(aliases[c.id], id) {
			out = append(out, c.category())
		}
	}
	return out
}

// aliases are further names by which a category is known, as in the comment
// that allows a finding.
var aliases = map[string][]string{
	ruleHardcoded: {"hardcoded", "G101"}, ruleURL: {"credurl"}, ruleTransport: {"credurl", "transport"},
	ruleLog: {"credlog"}, ruleError: {"credlog", ruleLog},
}

// A categoryRow is a category as it is kept here.
type categoryRow struct {
	id, title, analyzer      string
	kind                     rules.Kind
	severity                 rules.Severity
	remedy                   string
	finds, example, why, fix string
}

// categories are in the order of their ids. For what is about code there is no
// remedy of a provider: fix says what to do.
var categories = []categoryRow{
	{
		id: ruleError, title: "Credential in an error", analyzer: "credlog", kind: rules.Log, severity: rules.Medium,
		finds: "A secret that becomes part of an error or a panic, followed through calls, also into other packages. " +
			"It is reported where the error is built.",
		example: `return fmt.Errorf("token %q refused", token)`,
		why: "An error travels: callers wrap it, log it, send it to trackers and show it to users, and nobody on that way " +
			"knows that a secret is in it.",
		fix: "Leave the secret out of the text, or put in what names it: the user, the account, the setting it came from. " +
			"For a URL with a password, use its method Redacted.",
	},
	{
		id: ruleLog, title: "Credential in a log", analyzer: "credlog", kind: rules.Log, severity: rules.Medium,
		finds: "A secret that is written to a log, to standard output or error, to the answer of a server, or to a metric or " +
			"trace, also as a field of a struct that is printed as a whole, and by way of functions that pass it on.",
		example: "slog.Info(\"connecting\", \"user\", user, \"password\", password)\n" +
			"log.Printf(\"%+v\", cfg) // has a field Password",
		why: "Logs are kept for long, copied to other systems and read by many more people than may know the secret.",
		fix: "Leave the secret out or mask it, or give its type a LogValue or String method that hides it. " +
			"If it has been logged already, rotate it.",
	},
	{
		id: ruleURL, title: "Credential in a URL", analyzer: "credurl", kind: rules.URL, severity: rules.High,
		finds: "A secret that becomes part of a URL which is then requested, in the query, the path or the user information, " +
			"however the URL is put together.",
		example: `http.Get("https://api.example.com/v1?api_key=" + apiKey)`,
		why: "Servers, proxies and browsers write URLs to their logs and histories, the header Referer tells them to others, " +
			"and errors of net/http quote them.",
		fix: "Send the secret in a header, mostly Authorization, or in the body. " +
			"If the other side knows no other way, allow it with a comment that says so.",
	},
	{
		id: ruleTransport, title: "Credential sent over plain HTTP", analyzer: "credurl", kind: rules.Transport, severity: rules.High,
		finds: "A request over plain http, to a host that is not the machine itself, which is given a password or a header that " +
			"is named for a secret.",
		example: "req, err := http.NewRequest(\"GET\", \"http://api.example.com/\", nil)\n" +
			"req.SetBasicAuth(user, password)",
		why: "Whoever is on the way between the two machines can read it.",
		fix: "Use https. Rotate what has been sent in the clear.",
	},
	{
		id: ruleHardcoded, title: "Hard-coded credential", analyzer: "hardcoded", kind: rules.Hardcoded, severity: rules.High, remedy: "generic",
		finds: "A constant that is used as a credential whatever its form: given to a function or field that takes nothing else, " +
			"or to something that is named for one. Constants that have the form of a provider's credential are reported under " +
			"the id of their rule.",
		example: "req.SetBasicAuth(\"app\", \"…\")\n" +
			"mac := hmac.New(sha256.New, []byte(\"…\"))",
		why: "It is the same everywhere the program runs, everybody who has the source or the binary knows it, and it cannot be " +
			"changed without a new version.",
		fix: "Rotate it, and read it at run time: from the environment, a file that is not in the repository, or a secret manager.",
	},
}

func (c *categoryRow) category() Category {
	return Category{
		Rule: &rules.Rule{
			ID: c.id, Title: c.title, Kind: c.kind, Severity: c.severity, Remedy: c.remedy,
			Provider: "Generic", Confidence: rules.MediumConfidence, Aliases: aliases[c.id],
		},
		Analyzer: c.analyzer, Finds: c.finds, Example: c.example, Why: c.why, Fix: c.fix,
	}
}
