/**
 * A key and a self-signed certificate for www.example.test, for tests alone. Anyone may know the
 * key: nothing trusts it. Valid until 2126, made by
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500
 * -subj /CN=www.example.test -addext subjectAltName=DNS:www.example.test`.
 */

export const TEST_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg90qO8Hg50WyU7RrF
3sqXqdDUa54yU9HGi43rumE8Ei+hRANCAATadAi+E0kcdjf24ARKO42BzQRXC4IK
Xq7zlglnhiK6RKXMutNDRuebUf3eauSg6yGUNuEeP7Kl7+ulBkg/Ak0u
-----END PRIVATE KEY-----`

export const TEST_CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBqjCCAVCgAwIBAgIUFA4nD/hYWdVj7zcrXBYbL/Os9pYwCgYIKoZIzj0EAwIw
GzEZMBcGA1UEAwwQd3d3LmV4YW1wbGUudGVzdDAgFw0yNjExMjEwMjU4NTJaGA8y
MTI2MTAyODAyNTg1MlowGzEZMBcGA1UEAwwQd3d3LmV4YW1wbGUudGVzdDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABNp0CL4TSRx2N/bgBEo7jYHNBFcLggpervOW
CWeGIrpEpcy600NG55tR/d5q5KDrIZQ24R4/sqXv66UGSD8CTS6jcDBuMB0GA1Ud
DgQWBBQWY8/9dVDUpJ4WHmKOxzzSxp/TkDAfBgNVHSMEGDAWgBQWY8/9dVDUpJ4W
HmKOxzzSxp/TkDAPBgNVHRMBAf8EBTADAQH/MBsGA1UdEQQUMBKCEHd3dy5leGFt
cGxlLnRlc3QwCgYIKoZIzj0EAwIDSAAwRQIgbjMqLyi4hwOoPCI8wV5hxwcx2Jiz
AGbgqFy5XvdfSCkCIQD4KIUwUNU2wK+hffUJOUydtC8A9UBE171MZP7iVEn7ww==
-----END CERTIFICATE-----`
