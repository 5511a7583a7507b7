package dev.lockstep.tftp.server.storage;

import dev.lockstep.tftp.concurrent.Blocking;
import dev.lockstep.tftp.concurrent.ThreadSafe;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/**
 * Opens storages for the URIs of one or more schemes, so that the flag {@code --root} and the key {@code root} of a
 * rule can name them. A provider is found by {@link java.util.ServiceLoader} if its jar is on the class path and names it
 * in {@code META-INF/services/dev.lockstep.tftp.server.storage.StorageProvider}; it then needs a public constructor
 * without parameters. Or it is passed to {@link StorageRegistry#register}. A complete example, for boot menus that are
 * made from a table, is in {@code docs/architecture.md}; the core of it:
 *
 * <pre>{@code
 * public final class HostsStorageProvider implements StorageProvider {
 *     public Set<String> schemes() {
 *         return Set.of("hosts");
 *     }
 *
 *     public Storage open(URI uri, StorageSettings settings) {
 *         return new HostsStorage(Path.of(uri.getSchemeSpecificPart()));
 *     }
 * }
 * }</pre>
 *
 * <p>The launcher of the daemon adds the jars of the environment variable {@code TFTPD_CLASSPATH} to the class path:
 *
 * <pre>
 * TFTPD_CLASSPATH=hosts-storage.jar bin/tftpd --root hosts:/etc/lockstep/hosts 69
 * </pre>
 *
 * <p>A registry uses one provider for all storages of its schemes, so the provider can hold what they share, such as a
 * connection pool.
 */
@ThreadSafe
public interface StorageProvider {
    /** {@return the schemes of the URIs that this provider opens, in lower case, such as {@code https}} */
    Set<String> schemes();

    /**
     * Opens a storage. Called when the server starts and when its configuration is reloaded or checked. The storage
     * should not depend on a remote server being reachable at that time.
     *
     * @param uri the location, with one of the {@link #schemes}. Where a rule has placeholders, it ends before the first
     *     one, at a slash, and {@link Storage#below} is called with the rest
     * @param settings what flags or rules set for the files
     * @return the storage, never null
     * @throws IOException if the files are not accessible; the message is shown to the operator
     * @throws IllegalArgumentException if the URI is invalid; the message has the URI and what was expected
     */
    @Blocking
    Storage open(URI uri, StorageSettings settings) throws IOException;
}
