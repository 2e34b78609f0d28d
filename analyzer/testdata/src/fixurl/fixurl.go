package fixurl

import (
	"net/http"
	"net/url"
)

func query(req *http.Request, apiKey string) {
	q := req.URL.Query()
	q.Set("api_key", apiKey)
	req.URL.RawQuery = q.Encode() // want `query parameter api_key`
}

func token(req *http.Request, authToken string) {
	q := url.Values{}
	q.Add("access_token", authToken)
	q.Set("page", "1")
	req.URL.RawQuery = q.Encode() // want `query parameter access_token`
}

func joined(base, apiKey string) (*http.Response, error) {
	req, err := http.NewRequest("GET", base+"/v1?api_key="+apiKey, nil) // want `query parameter api_key`
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

func constant(apiKey string) (*http.Response, error) {
	req, err := http.NewRequest("GET", "https://api.corp.test/v1?page=1&access_token="+apiKey, nil) // want `query parameter access_token`
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

func get(apiKey string) (*http.Response, error) {
	return http.Get("https://api.corp.test/v1?api_key=" + apiKey) // want `query parameter api_key`
}

func viaClient(c *http.Client, base, apiKey string) (*http.Response, error) {
	return c.Head(base + "/v1?api_key=" + apiKey) // want `query parameter api_key`
}

func shadowed(req, apiKey string) (*http.Response, error) {
	return http.Get(req + "/v1?api_key=" + apiKey) // want `query parameter api_key`
}

func clear(user, password string) (*http.Response, error) {
	req, err := http.NewRequest("GET", "http://api.corp.test/v1", nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(user, password) // want `password is sent over plain http to api.corp.test`
	return http.DefaultClient.Do(req)
}

func assigned(apiKey string) (int, error) {
	resp, err := http.Get("https://api.corp.test/v1?api_key=" + apiKey) // want `query parameter api_key`
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func nested(apiKey string) int {
	if resp, err := http.Get("https://api.corp.test/v1?api_key=" + apiKey); err == nil { // want `query parameter api_key`
		return resp.StatusCode
	}
	return 0
}

func port(user, password string) (*http.Response, error) {
	req, err := http.NewRequest("GET", "http://api.corp.test:8080/v1", nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(user, password) // want `password is sent over plain http to api.corp.test`
	return http.DefaultClient.Do(req)
}

func bare(user, password string) (*http.Response, error) {
	req, err := http.NewRequest("GET", "http://10.2.3.4/v1", nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(user, password) // want `password is sent over plain http to 10.2.3.4`
	return http.DefaultClient.Do(req)
}
