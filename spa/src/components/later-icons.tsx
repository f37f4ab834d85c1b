// Icons of pages that load later: in `icons.tsx` they would be part of the first load.
import { createIcon } from "./create-icon";

export const EditIcon = createIcon(
  <path d="M4.500 19.500v-4L15.800 4.200a1.500 1.500 0 0 1 2.100 0l1.900 1.900a1.500 1.500 0 0 1 0 2.100L8.500 19.500zM13.500 6.500l4 4" />,
);
export const CopyIcon = createIcon(
  <>
    <rect x="8.500" y="8.500" width="11.500" height="11.500" rx="2" />
    <path d="M15.500 8.500V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7.500a2 2 0 0 0 2 2h2.500" />
  </>,
);
export const DownloadIcon = createIcon(
  <path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14" />,
);
export const EnlargeIcon = createIcon(<path d="M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7" />);
export const PreviousIcon = createIcon(<path d="m14.500 5.500-6.500 6.500 6.500 6.500" />);
export const NextIcon = createIcon(<path d="m9.500 5.500 6.500 6.500-6.500 6.500" />);
export const BackIcon = createIcon(<path d="M19 12H5M11 6l-6 6 6 6" />);
export const PauseIcon = createIcon(<path d="M9 6v12M15 6v12" />);
export const ShareIcon = createIcon(
  <path d="M12 15V4M8 7.500 12 3.500l4 4M7 11H6.500A1.500 1.500 0 0 0 5 12.500v6A1.500 1.500 0 0 0 6.500 20h11a1.500 1.500 0 0 0 1.500-1.500v-6a1.500 1.500 0 0 0-1.500-1.500H17" />,
);
