// Package remotetest helps to test servers: what is requested is made up.
package remotetest

import (
	"net/http"
	"os"
	"testing"
)

func handle(t *testing.T, r *http.Request, token string) {
	_, password, _ := r.BasicAuth()
	t.Log(password, token, r.Header.Get("Authorization"))
	t.Log(os.Getenv("API_TOKEN")) // want `environment variable API_TOKEN`
}
