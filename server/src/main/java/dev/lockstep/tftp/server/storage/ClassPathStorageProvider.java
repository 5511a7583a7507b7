package dev.lockstep.tftp.server.storage;

import java.net.URI;
import java.util.Objects;
import java.util.Set;

/** Opens folders of the class path: {@code classpath:boot/files/}. */
final class ClassPathStorageProvider implements StorageProvider {
    @Override
    public Set<String> schemes() {
        return Set.of("classpath");
    }

    @Override
    public Storage open(URI uri, StorageSettings settings) {
        ClassLoader loader = Objects.requireNonNullElse(
                Thread.currentThread().getContextClassLoader(), ClassPathStorageProvider.class.getClassLoader());
        return new ClassPathStorage(loader, uri.getSchemeSpecificPart());
    }
}
