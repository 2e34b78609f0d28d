package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/keysift/keysift/internal/policy"
	"github.com/keysift/keysift/internal/report"
	"github.com/keysift/keysift/internal/scan"
	"github.com/keysift/keysift/rules"
)

// Files of other tools that are read beside ours.
const (
	gitleaksConfig  = ".gitleaks.toml"
	gitleaksIgnore  = ".gitleaksignore"
	secretsBaseline = ".secrets.baseline"
)

// minKeySize is the least size of an organisation's key in bytes: a shorter one
// could be guessed, and then so could weak passwords in a baseline.
const minKeySize = 16

// maxPolicyFile bounds the size of a file of the policy, in bytes.
const maxPolicyFile = 256 << 20

// policyFlags are the flags about what is not to be reported, and what was read
// because of them.
type policyFlags struct {
	configFile   string
	noConfig     bool
	baselines    []string
	reportUnused bool
	policyFrom   string

	// readPolicy returns the content of a file of the policy by its path. It is
	// set before the flags are checked where the policy is not that of the disk.
	readPolicy func(name string) ([]byte, error)
	// lookFor is the same for files that nobody has named.
	lookFor func(name string) ([]byte, error)

	// paths are what is scanned, where that is not the arguments. onDisk says
	// that findings have the paths of files as they were named, and not paths
	// from the top folder.
	paths  []string
	onDisk bool

	warn func(text string) // tells of what does not count although it is written

	top      string // absolute path of the folder that the policy's paths start from
	inRepo   bool   // top is that of a git repository
	config   *policy.Config
	ownRules []policy.RuleText
	applied  policy.Options
	prints   *fingerprints
	trust    *trust // nil without --policy-from
}

func (c *policyFlags) declare(f *pflag.FlagSet) {
	f.StringVarP(&c.configFile, "config", "c", "", "read the configuration from `FILE` (default "+policy.ConfigName+" at the top of the repository)")
	f.BoolVar(&c.noConfig, "no-config", false, "read no configuration but the organisation's")
	f.StringArrayVarP(&c.baselines, "baseline", "b", nil, "known findings in `FILE` do not count, nor do those in "+policy.BaselineName)
	f.BoolVar(&c.reportUnused, "report-unused", false, "list the allow entries and known findings that match nothing")
	f.StringVar(&c.policyFrom, "policy-from", "", "configuration, baselines and comments count as they are in the revision `REV`; auto in a CI system")
}

// loadPolicy reads all that decides what counts, and makes the configuration the
// default of the flags.
func (c *common) loadPolicy(sys *system) error {
	c.warn = func(text string) { warn(sys, text) }
	if c.paths == nil {
		c.paths = c.flags.Args()
	}
	c.place(c.paths)
	if err := c.openTrust(sys); err != nil {
		return err
	}
	if err := c.loadConfig(sys); err != nil {
		return err
	}
	if err := c.applySettings(); err != nil {
		return err
	}
	key, err := fingerprintKey(sys)
	if err != nil {
		return err
	}
	baselines, err := c.loadBaselines(key)
	if err != nil {
		return err
	}
	foreign, err := c.loadForeign()
	if err != nil {
		return err
	}
	c.prints = newFingerprints(key, baselines)
	c.applied = policy.Options{
		Config: c.config, Baselines: baselines, Foreign: foreign, Fingerprint: c.prints.of, Now: time.Now(),
	}
	if c.trust != nil {
		c.applied.Revision = c.trust.revision
	}
	for _, w := range c.config.Warnings {
		c.warn(w)
	}
	return nil
}

func warn(sys *system, text string) {
	_, _ = fmt.Fprintln(sys.stderr, "keysift: warning: "+report.Visible(text))
}

// place finds the top folder of what the arguments name.
func (c *policyFlags) place(args []string) {
	first := "."
	if len(args) > 0 && args[0] != "-" {
		first = args[0]
	}
	if root := repositoryRoot([]string{first}); root != "" {
		c.top, c.inRepo = root, true
		return
	}
	dir, err := filepath.Abs(first)
	if err != nil {
		dir = first
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	c.top = dir
}

// folders returns where files of the policy are looked for: the top folder,
// then the first folder named. One that cannot be entered is left out: the scan
// says so.
func (c *common) folders() []string {
	candidates := []string{c.top}
	if len(c.paths) > 0 && c.paths[0] != "-" {
		if dir, err := filepath.Abs(c.paths[0]); err == nil && dir != c.top {
			candidates = append(candidates, dir)
		}
	}
	var out []string
	for _, dir := range candidates {
		if info, err := os.Stat(dir + string(filepath.Separator) + "."); err == nil && info.IsDir() {
			out = append(out, dir)
		}
	}
	return out
}

// readGiven reads a file that somebody has named, which may be a pipe.
func readGiven(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxPolicyFile+1))
	if err == nil && len(data) > maxPolicyFile {
		err = fmt.Errorf("%s has more than %d bytes", name, maxPolicyFile)
	}
	return data, err
}

// readOrdinary reads a file that is one: a pipe of that name would never end.
func readOrdinary(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no ordinary file", name)
	}
	if info.Size() > maxPolicyFile {
		return nil, fmt.Errorf("%s has %d bytes, want at most %d", name, info.Size(), maxPolicyFile)
	}
	return os.ReadFile(name)
}

func (c *common) loadConfig(sys *system) error {
	opts := policy.LoadOptions{Read: c.readPolicy, Org: sys.getenv("KEYSIFT_ORG_CONFIG"), Known: knownRules()}
	if !c.noConfig {
		var err error
		if opts.File, err = policy.Lookup(c.configFile, sys.getenv("KEYSIFT_CONFIG"), c.folders(), c.lookFor); err != nil {
			return err
		}
		if opts.File == "" {
			if opts.Gitleaks, err = policy.FindFile(c.folders(), gitleaksConfig, c.lookFor); err != nil {
				return err
			}
		}
	} else if c.configFile != "" {
		return errors.New("--config and --no-config contradict each other")
	}
	for _, name := range []*string{&opts.Org, &opts.File, &opts.Gitleaks} {
		*name = shorter(*name)
	}
	var err error
	if c.config, err = policy.Load(opts); err != nil {
		return err
	}
	c.ownRules = slices.Clone(c.config.Rules)
	for _, v := range c.config.Setting("rules").Values {
		name := besides(v)
		data, err := c.readPolicy(name)
		if err != nil {
			return fmt.Errorf("%s: rules: %w", v.From, err)
		}
		c.ownRules = append(c.ownRules, policy.RuleText{Name: name, Data: data})
	}
	return nil
}

// knownRules returns a function that finds the id of the built-in rule with an
// id or alias.
func knownRules() func(id string) (string, bool) {
	builtin := sync.OnceValues(rules.Builtin)
	return func(id string) (string, bool) {
		set, err := builtin()
		if err != nil {
			return "", false
		}
		r, ok := set.Rule(id)
		if !ok {
			return "", false
		}
		return r.ID, true
	}
}

// shorter returns a path below the working directory relative to it, as
// messages are easier to read then.
func shorter(name string) string {
	if !filepath.IsAbs(name) {
		return name
	}
	wd, err := os.Getwd()
	if err != nil {
		return name
	}
	rel, err := filepath.Rel(wd, name)
	if err != nil || strings.HasPrefix(rel, "..") {
		return name
	}
	return rel
}

// besides returns the path of a file that a configuration file names, relative
// to that.
func besides(v policy.Value) string {
	name := filepath.FromSlash(v.Text)
	if filepath.IsAbs(name) {
		return name
	}
	from, _, _ := cutLast(v.From, ':')
	return filepath.Join(filepath.Dir(from), name)
}

func cutLast(s string, sep byte) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// applySettings makes the settings of the configuration the defaults of the
// flags of the same names. A flag may not override what is locked.
func (c *common) applySettings() error {
	for _, name := range c.config.LockedKeys() {
		if f := c.flags.Lookup(name); f != nil && f.Changed {
			from, _ := c.config.Locked(name)
			return fmt.Errorf("--%s: %s has locked it", name, from)
		}
	}
	for _, s := range c.config.Settings() {
		f := c.flags.Lookup(s.Name)
		switch s.Name {
		case "rules", "baseline":
			continue // files, which are read as the policy is
		case "allow-incomplete":
			joined, err := reasonsOf(s)
			if err != nil {
				return err
			}
			s.Values = []policy.Value{joined}
		case "exclude":
			s.Values = c.rebased(s.Values)
		}
		if f == nil || f.Changed && (!s.List || s.Name == "enable-rule" || s.Name == "allow-incomplete") {
			continue
		}
		for _, v := range s.Values {
			if err := f.Value.Set(v.Text); err != nil {
				return fmt.Errorf("%s: %s: %w", v.From, s.Name, err)
			}
		}
		// As if it were given: what has no default of its own looks at this.
		f.Changed = true
	}
	return nil
}

// reasonsOf returns the values of allow-incomplete as one of the flag.
func reasonsOf(s policy.Setting) (policy.Value, error) {
	if len(s.Values) == 0 {
		return policy.Value{}, nil
	}
	for _, v := range s.Values {
		if err := checkReasons(v.Text); err != nil {
			return policy.Value{}, fmt.Errorf("%s: %s: %w", v.From, s.Name, err)
		}
		if v.Text == anyReason {
			return v, nil
		}
	}
	return policy.Value{Text: strings.Join(s.Texts(), ","), From: s.Values[0].From}, nil
}

// rebased adds to patterns of paths that start at the top folder what they are
// from a scanned folder below it.
func (c *common) rebased(values []policy.Value) []policy.Value {
	out := slices.Clone(values)
	if !c.onDisk {
		return out
	}
	for _, dir := range append(slices.Clone(c.paths), ".") {
		abs, err := filepath.Abs(dir)
		if err != nil {
			continue
		}
		rel, err := filepath.Rel(c.top, abs)
		if err != nil || rel == "." || strings.HasPrefix(rel, "..") {
			continue
		}
		prefix := filepath.ToSlash(rel) + "/"
		for _, v := range values {
			if rest, ok := strings.CutPrefix(strings.TrimPrefix(v.Text, "/"), prefix); ok && rest != "" {
				out = append(out, policy.Value{Text: "/" + rest, From: v.From})
			}
		}
	}
	return out
}

// checkRuleNames holds the rules that the configuration names to those that
// exist: switching one off that does not exist is a mistake, allowing its
// findings may be a leftover.
func (c *common) checkRuleNames(set *rules.Set) error {
	if c.config == nil {
		return nil
	}
	for _, v := range c.config.RuleNames() {
		if !isRule(set, v.Text) {
			c.warn(fmt.Sprintf("%s: no rule is known as %q", v.From, v.Text))
		}
	}
	for _, name := range []string{"enable-rule", "disable-rule"} {
		for _, v := range c.config.Setting(name).Values {
			if !isRule(set, v.Text) {
				return fmt.Errorf("%s: %s: unknown rule %q; keysift rules list shows all ids", v.From, name, v.Text)
			}
		}
	}
	return nil
}

// fingerprintKey returns the organisation's key, or nil.
func fingerprintKey(sys *system) ([]byte, error) {
	name := sys.getenv("KEYSIFT_FINGERPRINT_KEY")
	if name == "" {
		return nil, nil
	}
	key, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the key that KEYSIFT_FINGERPRINT_KEY names: %w", err)
	}
	key = []byte(strings.TrimRight(string(key), "\r\n"))
	if len(key) < minKeySize {
		return nil, fmt.Errorf("the key in %s has %d bytes, want at least %d; make one with: openssl rand -hex 32", name, len(key), minKeySize)
	}
	return key, nil
}

// loadBaselines reads the default baseline and those that were asked for.
func (c *common) loadBaselines(key []byte) ([]*policy.Baseline, error) {
	var names []string
	locked, isLocked := c.config.Locked("baseline")
	own, err := policy.FindFile(c.folders(), policy.BaselineName, c.lookFor)
	if err != nil {
		return nil, err
	}
	switch {
	case own != "" && isLocked:
		c.config.Warnings = append(c.config.Warnings, fmt.Sprintf("%s does not count: %s has locked baseline", shorter(own), locked))
	case own != "":
		names = append(names, own)
	}
	for _, v := range c.config.Setting("baseline").Values {
		names = append(names, besides(v))
	}
	names = append(names, c.baselines...)
	seen := map[string]bool{}
	var out []*policy.Baseline
	for _, name := range names {
		abs, err := filepath.Abs(name)
		if err != nil || seen[abs] {
			continue
		}
		seen[abs] = true
		b, err := readBaseline(shorter(abs), c.readPolicy)
		if err != nil {
			return nil, err
		}
		if err := checkKey(b, key); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func readBaseline(name string, read func(string) ([]byte, error)) (*policy.Baseline, error) {
	data, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("reading the baseline: %w", err)
	}
	return policy.ParseBaseline(name, data)
}

// checkKey holds a baseline that was made with a key to that key: with another
// one all its findings would be new.
func checkKey(b *policy.Baseline, key []byte) error {
	switch {
	case b.KeyID == "":
		return nil
	case len(key) == 0:
		return fmt.Errorf("%s was made with an organisation's key; name its file in KEYSIFT_FINGERPRINT_KEY", b.Name)
	case policy.KeyID(key) != b.KeyID:
		return fmt.Errorf("%s was made with key %s, and KEYSIFT_FINGERPRINT_KEY names key %s", b.Name, b.KeyID, policy.KeyID(key))
	}
	return nil
}

// loadForeign reads the known findings of other tools.
func (c *common) loadForeign() ([]*policy.Ignores, error) {
	var out []*policy.Ignores
	for _, name := range []string{gitleaksIgnore, secretsBaseline} {
		file, err := policy.FindFile(c.folders(), name, c.lookFor)
		if err != nil {
			return nil, err
		}
		if file == "" {
			continue
		}
		if from, ok := c.config.Locked("baseline"); ok {
			c.warn(fmt.Sprintf("%s does not count: %s has locked baseline", shorter(file), from))
			continue
		}
		g, err := readIgnores(shorter(file), c.readPolicy)
		if err != nil {
			c.warn(fmt.Sprintf("%v; nothing of it counts", err))
			continue
		}
		for _, w := range g.Warnings {
			c.warn(w)
		}
		out = append(out, g)
	}
	return out, nil
}

// readIgnores reads a .gitleaksignore or a baseline of detect-secrets, by its
// content.
func readIgnores(name string, read func(string) ([]byte, error)) (*policy.Ignores, error) {
	data, err := read(name)
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		return policy.ParseSecretsBaseline(name, data)
	}
	return policy.ParseGitleaksIgnore(name, data), nil
}

// fingerprints make the fingerprints of a run: one way for reports, and for each
// baseline the one that it was made with.
type fingerprints struct {
	main   *report.Fingerprinter
	keyed  *report.Fingerprinter // by the organisation's key; nil without one
	salted map[string]*report.Fingerprinter
}

// newFingerprints: reports show what the organisation's key gives, else what the
// first baseline's salt gives, so that a fingerprint they print can be allowed.
func newFingerprints(key []byte, baselines []*policy.Baseline) *fingerprints {
	p := &fingerprints{salted: map[string]*report.Fingerprinter{}}
	switch {
	case len(key) > 0:
		p.keyed = report.NewFingerprinter(key, nil)
		p.main = p.keyed
	case len(baselines) > 0:
		p.main = p.maker(baselines[0])
	default:
		p.main = p.withSalt(nil)
	}
	return p
}

func (p *fingerprints) of(b *policy.Baseline, f *scan.Finding) string {
	if b == nil {
		return p.main.Of(f)
	}
	return p.maker(b).Of(f)
}

// maker returns what makes the fingerprints of a baseline.
func (p *fingerprints) maker(b *policy.Baseline) *report.Fingerprinter {
	if b.KeyID != "" && p.keyed != nil {
		return p.keyed
	}
	return p.withSalt(b.Salt)
}

func (p *fingerprints) withSalt(salt []byte) *report.Fingerprinter {
	m := p.salted[string(salt)]
	if m == nil {
		m = report.NewFingerprinter(nil, salt)
		p.salted[string(salt)] = m
	}
	return m
}

// newPolicy returns the policy for a run of the job. With a trusted revision,
// the summary of the run names what the change tried to alter.
func (j *job) newPolicy() *policy.Policy {
	opts := j.applied
	opts.Relative = j.relative
	if opts.Relative == nil && j.top != "" {
		opts.Relative = relativeTo(j.top)
	}
	p := policy.New(opts)
	if j.trust == nil {
		return p
	}
	review := j.review
	j.review = func(run *report.Run) {
		if review != nil {
			review(run)
		}
		j.trust.attempts = p.Attempts(j.trust.changed())
		run.Summary.Policy = &report.PolicySummary{From: j.policyFrom, Attempts: j.trust.attempts}
	}
	return p
}

func (c *policyFlags) fingerprinter() *report.Fingerprinter {
	if c.prints == nil {
		return nil
	}
	return c.prints.main
}
