// Package golangci makes the analyzers of keysift a module plugin of
// golangci-lint, under the name keysift.
//
// It knows only how golangci-lint asks for analyzers and hands over settings.
// It is a module of its own, so that keysift itself does not depend on
// golangci-lint's parts. Importing it is what registers the plugin.
package golangci

import (
	"fmt"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/keysift/keysift/analyzer"
	"github.com/keysift/keysift/rules"
)

// Name is what the plugin is called in the configuration of golangci-lint.
const Name = "keysift"

// golangci-lint finds its plugins by what they register when they are loaded;
// there is no other way in.
func init() { register.Plugin(Name, New) }

// Settings are what linters.settings.custom.keysift.settings may hold.
type Settings struct {
	Tests  bool   `json:"tests"`  // report weak strings and logs of named values in _test.go files, too
	Config string `json:"config"` // TOML file of further sinks and sources
	Names  string `json:"names"`  // pattern of further names of secrets
}

// New returns the plugin for the settings that golangci-lint read. It fails for
// settings that it does not know.
func New(settings any) (register.LinterPlugin, error) {
	s, err := register.DecodeSettings[Settings](settings)
	if err != nil {
		return nil, fmt.Errorf("settings of %s: %w", Name, err)
	}
	return &plugin{s}, nil
}

type plugin struct{ settings Settings }

// BuildAnalyzers returns the analyzers, which have flags of their own.
func (p *plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	set, err := rules.Builtin()
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	all := analyzer.New(set)
	for _, f := range []struct{ name, value string }{
		{"tests", fmt.Sprint(p.settings.Tests)}, {"config", p.settings.Config}, {"names", p.settings.Names},
	} {
		// The analyzers share their settings: those of one are those of all.
		if err := all[0].Flags.Set(f.name, f.value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", f.name, err)
		}
	}
	return all, nil
}

// GetLoadMode says that the analyzers need types.
func (p *plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
