package dev.lockstep.tftp.embedding;

// example
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

class ConfigurationBackup {
    interface Device {
        void copyRunningConfigTo(URI target) throws IOException; // by SSH or SNMP
    }

    private final Map<String, String> stored = new ConcurrentHashMap<>();

    boolean backUp(String name, Device device, URI target, Supplier<String> received) {
        try {
            device.copyRunningConfigTo(target);
        } catch (IOException e) {
            return false; // the last configuration stays
        }
        stored.put(name, received.get());
        return true;
    }

    String configurationOf(String name) {
        return stored.get(name);
    }
}
