package dev.lockstep.tftp.server.internal.origin;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.server.storage.OriginSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** Reads the certificates and the key of TLS connections to origins from PEM files. */
@Blocking
final class OriginTls {
    private static final Pattern KEY =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern CERTIFICATE =
            Pattern.compile("-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----");
    private static final char[] NO_PASSWORD = {};

    private OriginTls() {}

    /**
     * Returns the context for TLS connections.
     *
     * @throws IllegalArgumentException if a file cannot be read or has not what it should have; the message has its path
     */
    static SSLContext context(OriginSettings.Tls tls) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keysOf(tls), tls.ca() == null ? null : trusting(tls.ca()), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private static TrustManager[] trusting(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate each : certificatesIn("origin-ca", file)) {
            store.setCertificateEntry("ca" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] keysOf(OriginSettings.Tls tls) throws GeneralSecurityException, IOException {
        if (tls.certificate() == null) {
            return new KeyManager[0];
        }
        Certificate[] chain = certificatesIn("origin-cert", tls.certificate()).toArray(new Certificate[0]);
        PrivateKey key = tls.key() == null ? keyIn("origin-cert", tls.certificate()) : keyIn("origin-key", tls.key());
        KeyStore store = emptyStore();
        store.setKeyEntry("client", key, NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static String read(String setting, Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IllegalArgumentException(setting + ": " + file + " (expected: a PEM file that can be read)", e);
        }
    }

    private static Collection<? extends Certificate> certificatesIn(String setting, Path file)
            throws GeneralSecurityException {
        StringBuilder all = new StringBuilder();
        Matcher each = CERTIFICATE.matcher(read(setting, file));
        while (each.find()) {
            all.append(each.group()).append('\n');
        }
        if (all.isEmpty()) {
            throw new IllegalArgumentException(setting + ": " + file + " (expected: BEGIN CERTIFICATE in a PEM file)");
        }
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(all.toString().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static PrivateKey keyIn(String setting, Path file) throws GeneralSecurityException {
        Matcher key = KEY.matcher(read(setting, file));
        if (key.find()) {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(key.group(1)));
            for (String algorithm : List.of("RSA", "EC", "EdDSA")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (InvalidKeySpecException e) {
                    continue; // a key of another algorithm
                }
            }
        }
        throw new IllegalArgumentException(
                setting + ": " + file + " (expected: BEGIN PRIVATE KEY, PKCS #8 without a password, in a PEM file)");
    }
}
