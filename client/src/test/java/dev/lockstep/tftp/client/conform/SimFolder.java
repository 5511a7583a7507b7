package dev.lockstep.tftp.client.conform;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A folder in memory. */
final class SimFolder implements ServerFolder {
    final Map<String, byte[]> files = new HashMap<>();
    final Set<String> folders = new HashSet<>();
    final Set<String> pipes = new HashSet<>();

    @Override
    public void write(String name, byte[] content) {
        files.put(name, content);
    }

    @Override
    public byte[] read(String name) {
        return files.get(name);
    }

    @Override
    public Set<String> names() {
        return new HashSet<>(files.keySet());
    }

    @Override
    public void truncate(String name, int size) {
        files.computeIfPresent(name, (any, content) -> Arrays.copyOf(content, size));
    }

    @Override
    public void makeFolder(String name) {
        folders.add(name);
    }

    @Override
    public boolean makePipe(String name) {
        return pipes.add(name);
    }

    @Override
    public void releasePipe(String name) {}

    @Override
    public void delete(String name) {
        files.remove(name);
        folders.remove(name);
        pipes.remove(name);
    }
}
