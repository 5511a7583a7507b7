package dev.lockstep.tftp.server.internal.origin;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The HTTP proxy for origins: that of a flag, otherwise that of the JVM ({@code https.proxyHost}), otherwise that of the
 * environment ({@code https_proxy}, {@code http_proxy}, {@code no_proxy}).
 */
final class OriginProxy {
    private static final int DEFAULT_PORT = 3128;
    /** Basic authentication through a tunnel is disabled in Java unless this is set to an empty text. */
    private static final String TUNNEL_SCHEMES = "jdk.http.auth.tunneling.disabledSchemes";

    private OriginProxy() {}

    /**
     * Returns the proxy for an origin, or null for that of the JVM, if any.
     *
     * @param given the proxy of a flag, or null
     */
    static URI of(URI given, URI origin, Map<String, String> environment) {
        if (given != null) {
            return given;
        }
        String scheme = origin.getScheme();
        if (System.getProperty(scheme + ".proxyHost") != null || isExcluded(origin, environment)) {
            return null;
        }
        String value = environment.getOrDefault(scheme + "_proxy", "");
        if (value.isEmpty() && scheme.equals("https")) { // HTTP_PROXY is not used: web servers set it from requests
            value = environment.getOrDefault("HTTPS_PROXY", "");
        }
        return value.isEmpty() ? null : parse(scheme + "_proxy", value.contains("://") ? value : "http://" + value);
    }

    /**
     * Parses the URI of a proxy.
     *
     * @throws IllegalArgumentException if it is invalid; the message does not have it, as it may have a password
     */
    static URI parse(String setting, String text) {
        try {
            URI uri = URI.create(text);
            if ("http".equals(uri.getScheme()) && uri.getHost() != null) {
                return uri;
            }
        } catch (IllegalArgumentException ignored) {
            // its message would have the password
        }
        throw new IllegalArgumentException(setting + " (expected: http://[USER:PASSWORD@]HOST[:PORT])");
    }

    private static boolean isExcluded(URI origin, Map<String, String> environment) {
        String list = environment.getOrDefault("no_proxy", environment.getOrDefault("NO_PROXY", ""));
        String host = origin.getHost().toLowerCase(Locale.ROOT);
        return Stream.of(list.toLowerCase(Locale.ROOT).split("[,\\s]+"))
                .map(each -> each.replaceFirst("^\\*?\\.", ""))
                .anyMatch(each ->
                        !each.isEmpty() && (each.equals("*") || host.equals(each) || host.endsWith("." + each)));
    }

    /** Sets the proxy of a client. */
    static void apply(URI proxy, HttpClient.Builder client) {
        if (proxy == null) {
            client.proxy(ProxySelector.getDefault());
            return;
        }
        int port = proxy.getPort() < 0 ? DEFAULT_PORT : proxy.getPort();
        client.proxy(ProxySelector.of(new InetSocketAddress(proxy.getHost(), port)));
        if (proxy.getUserInfo() != null) {
            if (System.getProperty(TUNNEL_SCHEMES) == null) {
                System.setProperty(TUNNEL_SCHEMES, "");
            }
            String[] user = proxy.getUserInfo().split(":", 2);
            client.authenticator(new Authenticator() {
                @Override
                protected PasswordAuthentication getPasswordAuthentication() {
                    return getRequestorType() == RequestorType.PROXY
                            ? new PasswordAuthentication(user[0], user.length < 2 ? new char[0] : user[1].toCharArray())
                            : null;
                }
            });
        }
    }
}
