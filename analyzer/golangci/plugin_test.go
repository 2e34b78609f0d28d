package golangci_test

import (
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"

	"github.com/keysift/keysift/analyzer/golangci"
)

func TestPlugin(t *testing.T) {
	made, err := register.GetPlugin(golangci.Name)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		settings any
		want     string // of the error; empty for none
	}{
		{nil, ""},
		{map[string]any{}, ""},
		{map[string]any{"tests": true, "names": "^geheim"}, ""},
		{map[string]any{"test": true}, `unknown field "test"`},
		{map[string]any{"tests": "yes"}, "settings of keysift"},
	}
	for _, tt := range tests {
		p, err := made(tt.settings)
		if tt.want != "" {
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v: error %v, want %q", tt.settings, err, tt.want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%v: %v", tt.settings, err)
			continue
		}
		all, err := p.BuildAnalyzers()
		if err != nil || len(all) != 3 {
			t.Errorf("%v: %d analyzers and error %v, want 3 and none", tt.settings, len(all), err)
		}
		if got := p.GetLoadMode(); got != register.LoadModeTypesInfo {
			t.Errorf("%v: load mode %q", tt.settings, got)
		}
	}
}
