package io.voronode.coordinator.image;

/** The version that this coordinator reports. */
public final class SoftwareVersion {
    private SoftwareVersion() {}

    /** From the jar's manifest; "development" when run from class files. */
    public static String get() {
        String version = SoftwareVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
