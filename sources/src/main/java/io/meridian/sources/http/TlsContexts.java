package io.meridian.sources.http;

import akka.http.javadsl.ConnectionContext;
import akka.http.javadsl.HttpsConnectionContext;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes client TLS contexts from {@link Tls}. */
public final class TlsContexts {
    private TlsContexts() {}

    /**
     * @param prefix of the settings' keys, for messages
     * @throws BadSettingException if the file with the authorities can't be read as PEM
     */
    public static HttpsConnectionContext client(Tls tls, String prefix) {
        SSLContext context = sslContext(tls, prefix);
        return ConnectionContext.httpsClient(
                (host, port) -> {
                    SSLEngine engine = context.createSSLEngine(host, port);
                    engine.setUseClientMode(true);
                    if (tls.verify()) {
                        SSLParameters parameters = engine.getSSLParameters();
                        parameters.setEndpointIdentificationAlgorithm("https");
                        engine.setSSLParameters(parameters);
                    }
                    return engine;
                });
    }

    private static SSLContext sslContext(Tls tls, String prefix) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust(tls), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new BadSettingException(
                    "setting "
                            + prefix
                            + ".tls.ca-file must be a PEM file of certificates: "
                            + tls.caFile()
                            + ": "
                            + e.getMessage());
        }
    }

    private static TrustManager[] trust(Tls tls) throws GeneralSecurityException, IOException {
        if (!tls.verify()) {
            return new TrustManager[] {new TrustAnyone()};
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(tls.caFile().isEmpty() ? null : authorities(Path.of(tls.caFile())));
        return factory.getTrustManagers();
    }

    private static KeyStore authorities(Path file) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(file)) {
            int i = 0;
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("ca-" + i++, certificate);
            }
            if (i == 0) {
                throw new IOException("no certificate in it");
            }
        }
        return store;
    }

    /** For {@code tls.verify = false}. */
    private static final class TrustAnyone extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
