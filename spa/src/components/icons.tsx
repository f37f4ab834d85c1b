import { createIcon } from "./create-icon";

export const SpotIcon = createIcon(
  <>
    <path d="M4 8.5V6a2 2 0 0 1 2-2h2.500M15.500 4H18a2 2 0 0 1 2 2v2.500M20 15.500V18a2 2 0 0 1-2 2h-2.500M8.500 20H6a2 2 0 0 1-2-2v-2.500" />
    <circle cx="12" cy="12" r="3" />
  </>,
);
export const PhotosIcon = createIcon(
  <>
    <rect x="3" y="5" width="18" height="14" rx="2.500" />
    <path d="m4 16.500 4.500-4.500 3.500 3.500 3-3 5 5" />
    <circle cx="15.500" cy="9.300" r="1.300" />
  </>,
);
export const HistoryIcon = createIcon(
  <>
    <rect x="4" y="4" width="7" height="9" rx="1.500" />
    <rect x="13.500" y="4" width="6.500" height="6" rx="1.500" />
    <rect x="4" y="15.500" width="7" height="4.500" rx="1.500" />
    <rect x="13.500" y="12.500" width="6.500" height="7.500" rx="1.500" />
  </>,
);
export const CodeIcon = createIcon(<path d="m8 7-5 5 5 5M16 7l5 5-5 5M13.500 4.500l-3 15" />);
export const CameraIcon = createIcon(
  <>
    <path d="M4 8.500A1.500 1.500 0 0 1 5.500 7H8l1.500-2.500h5L16 7h2.500A1.500 1.500 0 0 1 20 8.500v9a1.500 1.500 0 0 1-1.500 1.500h-13A1.500 1.500 0 0 1 4 17.500z" />
    <circle cx="12" cy="13" r="3.300" />
  </>,
);
export const SunIcon = createIcon(
  <>
    <circle cx="12" cy="12" r="4" />
    <path d="M12 3v1.500M12 19.500V21M3 12h1.500M19.500 12H21M5.600 5.600l1.100 1.100M17.300 17.300l1.100 1.100M18.400 5.600l-1.100 1.100M6.700 17.300l-1.100 1.100" />
  </>,
);
export const MoonIcon = createIcon(
  <path d="M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z" />,
);
export const UserIcon = createIcon(
  <>
    <circle cx="12" cy="8.500" r="3.700" />
    <path d="M5 20c.6-3.600 3.400-5.500 7-5.500s6.400 1.900 7 5.500" />
  </>,
);
export const TrashIcon = createIcon(
  <path d="M4.500 6.500h15M9 6.500V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v1.500M6.500 6.500l.8 12a1.500 1.500 0 0 0 1.500 1.500h6.400a1.500 1.500 0 0 0 1.500-1.500l.8-12M10 10.500v6M14 10.500v6" />,
);
export const RetryIcon = createIcon(
  <path d="M4.500 12a7.500 7.500 0 1 1 2.200 5.300M4.500 20v-5h5" />,
);
export const CloseIcon = createIcon(<path d="M6 6l12 12M18 6 6 18" />);
export const WarningIcon = createIcon(<path d="M12 4.500 3 19.500h18zM12 10v4.500M12 17.200v.1" />);
export const GlobeIcon = createIcon(
  <>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M3.500 12h17M12 3.500c2.500 2.400 3.700 5.200 3.700 8.500S14.500 18.100 12 20.500C9.500 18.100 8.300 15.300 8.300 12S9.500 5.900 12 3.500z" />
  </>,
);
